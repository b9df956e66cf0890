import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { renderError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { runGo } from "../../harness/core/run-go.ts";
import { smallDisk } from "../../harness/core/testing/small-disk.ts";
import { type TempDir, tempDir } from "../../harness/core/tmp.ts";
import { type GoProgram, goProgram, goProgramSpot } from "./go-program.ts";

interface Place extends AsyncDisposable {
  readonly path: string;
  readonly program: GoProgram;
}

/** A cache and a module of its own, with Go's own caches as they are. */
const madePlace = async (goMod = "module example\n\ngo 1.24\n"): Promise<Place> => {
  const dir: TempDir = await tempDir();
  vi.stubEnv("BOOTWRIGHT_CACHE", join(dir.path, "cache"));
  const module = join(dir.path, "module");
  mkdirSync(module);
  writeFileSync(join(module, "go.mod"), goMod);
  writeFileSync(
    join(module, "main.go"),
    'package main\n\nvar version = "none"\n\nfunc main() { print("I am ", version) }\n',
  );
  return {
    path: dir.path,
    program: { module, package: ".", name: "tiny", ldflags: ["-X main.version=7"] },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
};

const underUmask = async <T>(umask: number, work: () => Promise<T>): Promise<T> => {
  const before = process.umask(umask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
};

/** What is told to the user, with the place's own path made short. */
const told = async (place: Place, work: Promise<unknown>): Promise<string> =>
  renderError(await work.catch((error: unknown) => error)).replaceAll(place.path, "PLACE");

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a program of the payload", () => {
  test("is static, stamped, listed with its digest, and taken from the cache the second time", async () => {
    await using place = await madePlace();
    const path = await goProgram(place.program);
    expect((await exec(path, [])).stderr).toBe("I am 7");
    expect(readdirSync(dirname(path)).toSorted()).toEqual(["built.json", "manifest.json", "tiny"]);
    const { go, files, ...manifest } = JSON.parse(
      readFileSync(join(dirname(path), "manifest.json"), "utf8"),
    ) as Record<string, unknown>;
    expect(manifest).toEqual({
      schema: 1,
      name: "tiny",
      module: place.program.module,
      package: ".",
      flags: ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=7"],
    });
    expect(go).toMatch(/^go1\./);
    expect(files).toMatchObject([
      { name: "tiny", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(await goProgram(place.program)).toBe(path);
    expect(readdirSync(dirname(dirname(path)))).toEqual([dirname(path).split("/").at(-1)]);
  });

  test("can be the tests of a package", { timeout: 120_000 }, async () => {
    await using place = await madePlace();
    writeFileSync(
      join(place.program.module, "main_test.go"),
      'package main\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { t.Log("tested ", version) }\n',
    );
    const program: GoProgram = {
      ...place.program,
      build: "test",
      ldflags: ["-X example.version=7"],
    };
    const path = await goProgram(program);
    expect((await exec(path, ["-test.v"])).stdout).toMatch(
      /main_test\.go:5: tested {2}7\n.*PASS: TestIt/s,
    );
    const manifest = JSON.parse(readFileSync(join(dirname(path), "manifest.json"), "utf8")) as {
      readonly flags: readonly string[];
    };
    expect(manifest.flags[0]).toBe("-c");
    expect(await goProgramSpot(place.program)).not.toEqual(await goProgramSpot(program));
  });

  test("has the same bytes and mode whoever builds it, and where", async () => {
    await using first = await madePlace();
    const one = readFileSync(await goProgram(first.program));
    await using second = await madePlace();
    vi.stubEnv("GOFLAGS", "-tags=other");
    const path = await underUmask(0o077, () => goProgram(second.program));
    expect(readFileSync(path).equals(one)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test("has another key with other sources, flags or package, and the same one with other tests", async () => {
    await using place = await madePlace();
    const { program } = place;
    const { key } = await goProgramSpot(program);
    writeFileSync(join(program.module, "main_test.go"), "package main\n");
    expect((await goProgramSpot(program)).key).toBe(key);
    const others = [
      await goProgramSpot({ ...program, ldflags: [] }),
      await goProgramSpot({ ...program, package: "./cmd" }),
    ];
    writeFileSync(join(program.module, "main.go"), "package main\n\nfunc main() {}\n");
    others.push(await goProgramSpot(program));
    expect(new Set([key, ...others.map((spot) => spot.key)]).size).toBe(4);
  });

  test("is built once and whole when several ask at a time", async () => {
    await using place = await madePlace();
    const paths = await Promise.all([1, 2, 3].map(() => goProgram(place.program)));
    expect(new Set(paths).size).toBe(1);
    expect(readdirSync(join(place.path, "cache/payload/tiny"))).toHaveLength(1);
  });

  test("is not used when it is not what was built", async () => {
    await using place = await madePlace();
    const path = await goProgram(place.program);
    truncateSync(path, 1000);
    expect(await told(place, goProgram(place.program))).toMatch(
      /^PLACE\/\S+\/tiny should have the sha256 \w{64}, with which it was built, but has \w{64} \[HOST_RESOURCE\]\n {2}hint: Remove PLACE\/\S+, and it is built again$/,
    );
  });
});

describe("what the host lacks is said:", () => {
  test("Go", async () => {
    await using place = await madePlace();
    vi.stubEnv("BOOTWRIGHT_GO", join(place.path, "no-go"));
    expect(await told(place, goProgram(place.program))).toMatchInlineSnapshot(`
      "Program tiny is built with Go, and there is none [HOST_TOOL_MISSING]
        hint: Run ci/setup, or set BOOTWRIGHT_GO to a Go
      because: Program PLACE/no-go is not installed [HOST_TOOL_MISSING]
        hint: Run ci/setup, or \`bootwright doctor\` for the list"
    `);
  });

  test("a Go that is new enough", async () => {
    await using place = await madePlace("module example\n\ngo 1.99.0\n");
    vi.stubEnv("GOTOOLCHAIN", "local");
    expect(
      (await told(place, goProgram(place.program))).replaceAll(/this is Go \S+/g, "this is Go X"),
    ).toMatchInlineSnapshot(`
      "Program tiny needs Go 1.99.0 or newer, but this is Go X [HOST_TOOL_MISSING]
        hint: Install a newer Go (BOOTWRIGHT_GO names one that is not the first on the PATH), or unset GOTOOLCHAIN, so that Go fetches it"
    `);
  });

  test("the network", async () => {
    await using place = await madePlace(
      "module example\n\ngo 1.24\n\nrequire golang.org/x/none v1.0.0\n",
    );
    writeFileSync(
      join(place.program.module, "main.go"),
      'package main\n\nimport _ "golang.org/x/none"\n\nfunc main() {}\n',
    );
    writeFileSync(
      join(place.program.module, "go.sum"),
      `golang.org/x/none v1.0.0 h1:${"A".repeat(43)}=\ngolang.org/x/none v1.0.0/go.mod h1:${"A".repeat(43)}=\n`,
    );
    vi.stubEnv("GOPROXY", "http://127.0.0.1:1");
    const text = await told(place, goProgram(place.program));
    expect(text).toMatchInlineSnapshot(`
      "Modules of program tiny cannot be fetched: main.go:3:8: golang.org/x/none@v1.0.0: Get "http://127.0.0.1:1/golang.org/x/none/@v/v1.0.0.zip": dial tcp 127.0.0.1:1: connect: connection refused [HOST_RESOURCE]
        hint: Give this machine access to the module proxy that GOPROXY names, once; what was fetched stays in GOMODCACHE"
    `);
    expect(existsSync(join(place.path, "cache/payload/tiny"))).toBe(true);
  });

  test("room", async () => {
    await using place = await madePlace();
    const text = await told(place, goProgram({ ...place.program, goCacheBytes: 2 ** 60 }));
    expect(
      text.replaceAll(/in \S+, where .*? are free/g, "in CACHE, where N are free"),
    ).toMatchInlineSnapshot(`
      "Building program tiny needs 1073741824.00 GiB in CACHE, where N are free [HOST_RESOURCE]
        hint: Make room, for example with \`go clean -cache\`, or set GOCACHE and GOMODCACHE to directories on a larger disk"
    `);
  });

  test("room that runs out", async ({ skip }) => {
    await using place = await madePlace();
    using disk = smallDisk(join(place.path, "small"), 64);
    if (disk === undefined) return skip("this user may not mount");
    const work = runGo(["build", "-o", join(disk.path, "tiny"), "."], {
      directory: place.program.module,
      name: "tiny",
      env: { GOTMPDIR: disk.path },
    });
    expect(await told(place, work)).toMatch(
      /^Building program tiny found a full disk: .*no space left on device.* \[HOST_RESOURCE\]\n {2}hint: Make room where GOCACHE/,
    );
  });

  test("and a program that does not compile is told in Go's words", async () => {
    await using place = await madePlace();
    writeFileSync(
      join(place.program.module, "main.go"),
      "package main\n\nfunc main() { nothing() }\n",
    );
    expect(await told(place, goProgram(place.program))).toMatch(
      /^.*go ended with exit code 1: # example\n\.\/main\.go:3:15: undefined: nothing \[COMMAND_FAILED\]$/,
    );
  });
});
