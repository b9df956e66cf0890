// Beside images/builder and not in it: what stands there is part of every image's key. Of this file only the flags count,
// and those are in the program's own key.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { HostError } from "../../harness/core/errors.ts";
import { requireFreeSpace } from "../../harness/core/free-space.ts";
import { runGo } from "../../harness/core/run-go.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { MiB } from "../../harness/core/units.ts";
import { recipeKey } from "../builder/recipe-key.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import { type GoSettings, goSettings } from "./go-settings.ts";

/** A static x86_64 program for guests, built from a Go module with pinned versions (go.mod and go.sum). */
export interface GoProgram {
  /** The module's folder, from images/payload. */
  readonly module: string;
  /** As `go build` and `go test` take it: an import path, or one that starts with `./`. */
  readonly package: string;
  /** The program's file name. */
  readonly name: string;
  /** `test`: the tests of the package, one of another module, are the program (`go test -c`). Default: its main function. */
  readonly build?: "program" | "test";
  /** For the linker, beside `-s -w`: as in `-X main.version=1`. */
  readonly ldflags?: readonly string[];
  /** What Go's own caches grow by when nothing of it was ever built. Default 512 MiB. */
  readonly goCacheBytes?: number;
}

/** `manifest.json` beside a built program. */
export interface GoProgramManifest {
  readonly schema: 1;
  readonly name: string;
  readonly module: string;
  readonly package: string;
  readonly go: string;
  readonly flags: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
}

const programBytes = 256 * MiB;

/**
 * Builds a program of the payload, or takes it from the cache: `payload/NAME/KEY/NAME`, where the key is the digest of the
 * module's files, the package, the flags and Go's version. The same key gives the same bytes. Two builds side by side do the
 * work twice and the first to finish counts. The Go program is `BOOTWRIGHT_GO`, else the tools tree's or the PATH's.
 * @param onLine gets each line that Go prints.
 * @throws {HostError} HOST_TOOL_MISSING without a Go that is new enough; HOST_RESOURCE without room or network, or when the
 * program in the cache is not the one that was built; COMMAND_FAILED when it does not compile.
 */
export const goProgram = async (
  program: GoProgram,
  onLine?: (line: string) => void,
): Promise<string> => {
  const directory = directoryOf(program);
  const settings = await goSettings(directory, program.name);
  const { dir } = await cachedBuild(spotOf(program, settings), {
    what: `program ${program.name}`,
    neededBytes: programBytes,
    build: async (outDir, workDir) => {
      requireRoom(program, settings);
      // Go's own temporary files go with ours when the build is killed.
      const goTmpDir = join(workDir, "go-tmp");
      mkdirSync(goTmpDir);
      const output = join(outDir, program.name);
      await runGo([verbOf(program), ...flagsOf(program), "-o", output, program.package], {
        directory,
        name: program.name,
        env: { GOTMPDIR: goTmpDir },
        ...(onLine === undefined ? {} : { onLine }),
      });
      chmodSync(output, 0o755); // whatever the builder's umask is
      const manifest: GoProgramManifest = {
        schema: 1,
        name: program.name,
        module: program.module,
        package: program.package,
        go: settings.version,
        flags: flagsOf(program),
        files: [
          {
            name: program.name,
            sizeBytes: statSync(output).size,
            sha256: await sha256OfFile(output),
          },
        ],
      };
      writeFileSync(join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    },
  });
  await requireUnchanged(dir);
  return join(dir, program.name);
};

/**
 * Where the program is in the cache, once it is built.
 * @throws {HostError} HOST_TOOL_MISSING without Go, whose version is part of the key.
 */
export const goProgramSpot = async (program: GoProgram): Promise<CacheSpot> =>
  spotOf(program, await goSettings(directoryOf(program), program.name));

/** The folder in the cache that holds all programs of the payload. */
export const payloadStore = (): string => join(cacheDir(), "payload");

const directoryOf = ({ module }: GoProgram): string => resolve(import.meta.dirname, module);

const verbOf = ({ build = "program" }: GoProgram): "build" | "test" =>
  build === "program" ? "build" : "test";

const flagsOf = ({ build = "program", ldflags = [] }: GoProgram): readonly string[] => [
  ...(build === "test" ? ["-c"] : []),
  "-trimpath",
  "-buildvcs=false",
  "-ldflags",
  ["-s", "-w", ...ldflags].join(" "),
];

const spotOf = (program: GoProgram, { version }: GoSettings): CacheSpot => ({
  store: payloadStore(),
  name: program.name,
  key: recipeKey([directoryOf(program)], [version, program.package, ...flagsOf(program)]),
});

const requireRoom = (program: GoProgram, { cacheDirs }: GoSettings): void => {
  for (const directory of cacheDirs) {
    requireFreeSpace(
      directory,
      program.goCacheBytes ?? 512 * MiB,
      `Building program ${program.name}`,
      "Make room, for example with `go clean -cache`, or set GOCACHE and GOMODCACHE to directories on a larger disk",
    );
  }
};

/** What is in the cache goes into images: a damaged file must not. */
const requireUnchanged = async (dir: string): Promise<void> => {
  const { files } = JSON.parse(
    readFileSync(join(dir, "manifest.json"), "utf8"),
  ) as GoProgramManifest;
  for (const { name, sha256 } of files) {
    const path = join(dir, name);
    const seen = await sha256OfFile(path);
    if (seen === sha256) continue;
    throw new HostError(
      "HOST_RESOURCE",
      `${path} should have the sha256 ${sha256}, with which it was built, but has ${seen}`,
      { hint: `Remove ${dir}, and it is built again` },
    );
  }
};
