import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheDir } from "../core/cache-dir.ts";
import { smallDisk } from "../core/testing/small-disk.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { readRun } from "../results/read-run.ts";
import { ownCache } from "./testing/own-cache.ts";
import { type CliRun, cliArgv, runCli, startCli } from "./testing/run-cli.ts";

let dir: TempDir;
let cache: string;
beforeAll(async () => {
  dir = await tempDir();
  cache = join(dir.path, "cache");
  await ownCache(cache);
});
afterAll(() => dir[Symbol.asyncDispose]());

const csi = "\u001b[";

describe("doctor", () => {
  test("tells each check with what was seen, and a remedy where something is amiss", async () => {
    const text = await runCli(["doctor"]);
    const json = await runCli(["doctor", "--json"]);
    const lines = JSON.parse(json.stdout) as Record<string, string>[];
    expect(lines.map(({ id }) => id)).toEqual([
      "node",
      "qemu",
      "qemu-img",
      "uefi-firmware",
      "secure-boot-firmware",
      "swtpm",
      "kvm-device",
      "memory",
      "cache-directory",
      "cache-space",
      "tmp-space",
      "tmpdir-length",
      "mke2fs",
      "mmdebstrap",
      "cc",
      "etcd",
      "accelerator",
    ]);
    for (const line of lines) {
      const { id, title, state, seen, remedy, ...more } = line;
      expect({ id, title, seen, more }).toEqual({
        id: expect.stringMatching(/^[a-z0-9-]+$/),
        title: expect.stringMatching(/./),
        seen: expect.stringMatching(/^[^\n]+$/),
        more: {},
      });
      expect([state, remedy === undefined]).toEqual([
        expect.stringMatching(/^(ok|warn|fail)$/),
        state === "ok",
      ]);
      expect(text.stdout).toContain(`${state === "fail" ? "FAIL" : state?.padEnd(4)}  ${title}: `);
    }
    expect([text.exitCode, json.exitCode]).toEqual([0, 0]);
  });
});

test("KVM that was asked for and does not work is told with the reason, and gives no verdict", async ({
  skip,
}) => {
  const { stdout } = await runCli(["doctor", "--json"]);
  const lines = JSON.parse(stdout) as { id: string; seen: string }[];
  const works = lines.some(({ id, seen }) => id === "accelerator" && seen.startsWith("kvm "));
  if (works) skip("KVM works on this host");
  const out = join(dir.path, "kvm");
  const { exitCode, stderr } = await runCli(["run", "probe", "--accel", "kvm", "--out", out]);
  expect(stderr).toMatch(
    /^bootwright: KVM was asked for and does not work: .{10,} \[HOST_RESOURCE\]\nbootwright: {3}hint: Run with --accel tcg, or on a host with working \(nested\) virtualisation\n$/m,
  );
  expect(exitCode).toBe(3);
  expect(readdirSync(dir.path)).not.toContain("kvm");
});

describe("two runs side by side", () => {
  let piped: CliRun;
  let onTerminal: CliRun;
  let longTmpdir: string;
  beforeAll(async () => {
    longTmpdir = join(dir.path, "long".repeat(25));
    mkdirSync(longTmpdir);
    using small = smallDisk(join(dir.path, "small"), 8192);
    const command = cliArgv("run", "probe", "--out", join(dir.path, "terminal")).join(" ");
    const terminal = `script --quiet --return --command "${command}" /dev/null`;
    [piped, onTerminal] = await Promise.all([
      runCli(["run", "probe", "--out", join(dir.path, "piped")], {
        env: { BOOTWRIGHT_CACHE: cache, TMPDIR: longTmpdir },
      }),
      runCli([], {
        wrapper: ["sh", "-c", terminal],
        env: { BOOTWRIGHT_CACHE: cache, TMPDIR: small?.path },
      }),
    ]);
  });

  test("both pass, and neither leaves anything but its run directory", () => {
    expect([piped.exitCode, onTerminal.exitCode]).toEqual([0, 0]);
    for (const name of ["piped", "terminal"]) {
      const { run, problems } = readRun(join(dir.path, name));
      expect([run.status, run.verdict, problems]).toEqual(["finished", "pass", []]);
    }
    expect(readdirSync(join(cache, "run"))).toEqual([]);
    expect(readdirSync(longTmpdir)).toEqual([]);
  });

  test("a pipe gets plain lines, a terminal a live line", () => {
    expect(piped.stdout).not.toContain(csi);
    expect(piped.stderr).toBe("");
    expect(piped.stdout).toContain("\npass         boot/default (");
    expect(onTerminal.stdout).toContain(`\r${csi}2K`);
  });

  test("a TMPDIR too long for sockets is said, and is no obstacle; nor is one of 8 MiB", () => {
    expect(piped.stdout).toContain(
      `\ninfo: Sockets are in /tmp: TMPDIR ${longTmpdir} is too long a path for them\n`,
    );
  });
});

test("a TMPDIR that does not exist is told", async () => {
  const { exitCode, stderr } = await runCli(["run", "probe", "--out", join(dir.path, "none")], {
    env: { TMPDIR: "/nonexistent" },
  });
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 3,
      "stderr": "bootwright: No temporary directory can be made in /nonexistent [HOST_RESOURCE]
    bootwright:   hint: Set TMPDIR to a directory that exists and can be written
    bootwright: because: ENOENT: no such file or directory, lstat '/nonexistent'
    ",
    }
  `);
});

describe("a reader of the output that goes away", () => {
  test("ends the run like Ctrl-C: the record stays readable", async () => {
    const out = join(dir.path, "head");
    const command = [...cliArgv("run", "probe", "--out", out), "| head -n 1"].join(" ");
    const { stdout } = await runCli([], { wrapper: ["sh", "-c", command] });
    expect(stdout).toBe("run probe\n");
    const { run, problems } = readRun(out);
    expect([run.status, run.reason, problems]).toEqual(["interrupted", "Stopped by SIGPIPE", []]);
  });
});

describe("a disk that is full", () => {
  test.for([
    ["before the guest boots", 16],
    ["while the guest prints", 64],
  ] as const)(
    "%s: told by its path, no verdict, earlier files stay readable",
    async ([_when, sizeKiB], { skip }) => {
      using disk = smallDisk(join(dir.path, `disk-${sizeKiB}`), sizeKiB);
      if (disk === undefined) return skip("this user may not mount");
      const out = join(disk.path, "run");
      const { exitCode, stderr } = await runCli(["run", "probe", "--out", out]);
      expect(stderr.replaceAll(out, "OUT")).toBe(
        [
          "bootwright: The disk is full: OUT/run.json could not be written (ENOSPC) [HOST_RESOURCE]",
          "bootwright:   hint: Free space there, or name a directory on another disk with --out; what was recorded before stays readable",
          "bootwright: because: ENOSPC: no space left on device, write",
          "",
        ].join("\n"),
      );
      expect(exitCode).toBe(3);
      const { run } = readRun(out);
      expect([run.image.name, run.verdict]).toEqual(["probe", "error"]);
    },
  );
});

test("a run directory that somebody spoils gives no verdict, and is no fault of Bootwright", async () => {
  const out = join(dir.path, "spoilt");
  const cli = startCli(["run", "probe", "--out", out]);
  await cli.saw("run probe\n");
  rmdirSync(join(out, "boots"));
  writeFileSync(join(out, "boots"), "in the way");
  const { exitCode } = await cli.done;
  const { verdict, boots, checks } = readRun(out).run;
  expect({ exitCode, verdict, boots, states: checks.map(({ id, state }) => [id, state]) }).toEqual({
    exitCode: 3,
    verdict: "inconclusive",
    boots: [],
    states: [
      ["boot/default", "inconclusive"],
      ["boot/units", "inconclusive"],
    ],
  });
});

describe("a user who is not root and whose home cannot be written", () => {
  const nobody = 65_534;
  const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];

  test("the cache is in TMPDIR, doctor says so, and a run passes", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip("only root can become another user");
    const [node = "", main = ""] = cliArgv();
    const canRead =
      spawnSync("setpriv", [...asNobody.slice(1), node, "--check", main]).status === 0;
    if (!canRead) skip("other users cannot read this checkout");
    const home = join(dir.path, "home");
    const tmp = join(dir.path, "t");
    mkdirSync(home, { mode: 0o555 });
    mkdirSync(tmp);
    chmodSync(dir.path, 0o755);
    const own = join(tmp, `bootwright-cache-${nobody}`);
    // Of the tools trees the one in use, where there is one: another may be on its way beside it.
    const current = join(cacheDir(), "tools/current");
    const tree = existsSync(current)
      ? [join("tools", basename(realpathSync(current))), "tools/current"]
      : [];
    for (const name of ["agent", "agent-disk", "images/probe", ...tree]) {
      mkdirSync(join(own, name, ".."), { recursive: true });
      // Hard links where they can be: the tools tree has 350 MB.
      const copy = spawnSync("cp", ["-al", join(cacheDir(), name), join(own, name)]);
      if (copy.status !== 0) cpSync(join(cacheDir(), name), join(own, name), { recursive: true });
    }
    spawnSync("find", [tmp, "-type", "d", "-exec", "chown", `${nobody}:${nobody}`, "{}", "+"]);
    const env = { HOME: home, TMPDIR: tmp, BOOTWRIGHT_CACHE: undefined, XDG_CACHE_HOME: undefined };
    const as = { wrapper: asNobody, env };

    const doctor = await runCli(["doctor", "--json"], as);
    const seen = (JSON.parse(doctor.stdout) as Record<string, string>[]).find(
      ({ id }) => id === "cache-directory",
    );
    expect(seen).toEqual({
      id: "cache-directory",
      title: "Cache directory that stays",
      state: "warn",
      seen: `${own}, because ${home} cannot be written`,
      remedy: "Set BOOTWRIGHT_CACHE, or images are built again after each clean-up of TMPDIR",
    });
    const out = join(tmp, "run");
    const run = await runCli(["run", "probe", "--out", out], as);
    expect([run.exitCode, run.stderr, readRun(out).run.verdict]).toEqual([0, "", "pass"]);
    expect(readFileSync(join(out, "boots/01/argv.txt"), "utf8")).toContain(own);
  });
});
