import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processesNaming } from "../core/testing/leftovers.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { readRun } from "../results/read-run.ts";
import { ownCache } from "./testing/own-cache.ts";
import { type StartedCli, startCli } from "./testing/run-cli.ts";

let dir: TempDir;
let cache: string;
let unprobed: string;
let tmp: string;
beforeAll(async () => {
  dir = await tempDir();
  cache = join(dir.path, "cache");
  unprobed = join(dir.path, "unprobed");
  tmp = join(dir.path, "tmp");
  await ownCache(cache);
  await ownCache(unprobed);
  rmSync(join(unprobed, "accelerator-auto.json"));
  mkdirSync(tmp);
});
afterAll(() => dir[Symbol.asyncDispose]());

const start = (out: string, withCache: string): StartedCli =>
  startCli(["run", "probe", "--out", out], {
    env: { BOOTWRIGHT_CACHE: withCache, TMPDIR: tmp },
  });

/** Starts a run of `probe`, sends `signal` when its output has `moment`, and waits for its end. */
const interruptedAt = async (moment: string, signal: NodeJS.Signals, out: string) => {
  const cli = start(out, cache);
  await cli.saw(moment);
  cli.kill(signal);
  return cli.done;
};

const leftovers = () => ({
  processes: processesNaming(dir.path),
  tmp: readdirSync(tmp),
  run: [cache, unprobed].flatMap((path) => readdirSync(join(path, "run"))),
});
const nothing = { processes: [], tmp: [], run: [] };

describe.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s", (signal) => {
  test("while the accelerator is found: nothing is left behind, not even a run directory", async () => {
    const out = join(dir.path, `${signal}-probing`);
    const cli = start(out, unprobed);
    // QEMU's sockets are below TMPDIR.
    await expect.poll(() => processesNaming(tmp).length, { timeout: 60_000 }).toBeGreaterThan(0);
    cli.kill(signal);
    const { exitCode, stdout, stderr } = await cli.done;
    await expect.poll(leftovers, { timeout: 5000 }).toEqual(nothing);
    expect(stdout).toBe("");
    if (signal === "SIGKILL") {
      expect(exitCode).toBe(null);
      expect(readdirSync(out, { recursive: true })).toEqual(["boots"]);
    } else {
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`\nbootwright: stopped by ${signal}`);
      expect(existsSync(out)).toBe(false);
    }
  });

  test("while the guest boots: the record stays readable, nothing else is left", async () => {
    const out = join(dir.path, `${signal}-booting`);
    const { exitCode, stderr } = await interruptedAt("boot 01 kernel", signal, out);
    await expect.poll(leftovers, { timeout: 5000 }).toEqual(nothing);
    const { run, problems } = readRun(out);
    expect(problems).toEqual([]);
    expect(run.checks).toEqual([]);
    expect(readdirSync(join(out, "boots/01"))).toEqual(
      expect.arrayContaining(["argv.txt", "console.log", "repro.sh", "timeline.json"]),
    );
    const { status, verdict, reason } = run;
    if (signal === "SIGKILL") {
      expect({ exitCode, status, verdict, reason }).toEqual({
        exitCode: null,
        status: "running",
        verdict: "error",
        reason: "run did not finish",
      });
    } else {
      expect(stderr).toContain(
        `bootwright: stopped by ${signal}; what was recorded stays readable`,
      );
      expect({ exitCode, status, verdict, reason }).toEqual({
        exitCode: 3,
        status: "interrupted",
        verdict: "inconclusive",
        reason: `Stopped by ${signal}`,
      });
    }
  });
});

test("SIGKILL while a machine with a TPM boots: its swtpm goes with it", async () => {
  const out = join(dir.path, "tpm");
  const cli = startCli(["run", "probe", "--tpm", "--out", out], {
    env: { BOOTWRIGHT_CACHE: cache, TMPDIR: tmp },
  });
  await cli.saw("boot 01 kernel");
  expect(leftovers().processes).toContainEqual(expect.stringContaining(" --tpm2 "));
  cli.kill("SIGKILL");
  await cli.done;
  await expect.poll(leftovers, { timeout: 5000 }).toEqual(nothing);
  expect(readRun(out).run.boots).toEqual([]);
});

test("SIGTERM after a check: its verdict is kept", async () => {
  const out = join(dir.path, "checked");
  const { exitCode } = await interruptedAt("pass         boot/default", "SIGTERM", out);
  await expect.poll(leftovers, { timeout: 5000 }).toEqual(nothing);
  const { run } = readRun(out);
  expect(run.checks[0]).toMatchObject({ id: "boot/default", state: "pass" });
  expect([exitCode, run.status, run.verdict]).toEqual([3, "interrupted", "inconclusive"]);
});

describe.each(["SIGTERM", "SIGKILL"] as const)("%s while an image is built", (signal) => {
  test("leaves no process, mount or half image", async () => {
    const building = join(dir.path, `building-${signal}`);
    await ownCache(building);
    rmSync(join(building, "images"));
    const cli = startCli(["images", "build", "traditional"], {
      env: { BOOTWRIGHT_CACHE: building, TMPDIR: tmp, BOOTWRIGHT_LOG: "silent" },
    });
    await cli.saw("I: extracting archives...");
    expect(processesNaming(building)).not.toEqual([]);
    cli.kill(signal);
    const { exitCode } = await cli.done;
    const left = () => ({
      processes: processesNaming(building),
      images: readdirSync(join(building, "images/traditional")),
      tmp: readdirSync(tmp),
      isMounted: readFileSync("/proc/mounts", "utf8").includes(building),
    });
    await expect
      .poll(left, { timeout: 5000 })
      .toEqual({ processes: [], images: [], tmp: [], isMounted: false });
    expect(exitCode).toBe(signal === "SIGKILL" ? null : 3);
  });
});
