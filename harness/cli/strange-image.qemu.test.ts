import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gptBytes } from "../../images/testing/image-bytes.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { readRun } from "../results/read-run.ts";
import { runCli } from "./testing/run-cli.ts";
import { buildStaticInitDisk } from "./testing/static-init-disk.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const statesOf = (out: string): Record<string, string> =>
  Object.fromEntries(
    readRun(out).run.checks.map(({ id, state, reason }) => [
      id,
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  );

test("a disk whose boot sector gives up fails its boot at once, in the firmware's words", async () => {
  const disk = gptBytes([]);
  disk.write("\xcd\x18\xeb\xfe", 0, "latin1"); // int 0x18: tell the BIOS that nothing boots here
  const path = join(dir.path, "gives-up.raw");
  writeFileSync(path, disk);
  const out = join(dir.path, "gives-up");
  const { exitCode, elapsedMs } = await runCli(["run", path, "--out", out]);
  const why = "hang: The firmware found nothing to boot: No bootable device.";
  expect(statesOf(out)).toEqual({
    "boot/default": `fail: ${why}`,
    "boot/units": `skip: boot failed: ${why}`,
    "boot-time/timeline": `skip: boot failed: ${why}`,
  });
  expect(readRun(out).run.boots.map(({ failure }) => failure)).toEqual([
    {
      kind: "hang",
      reason: why.replace("hang: ", ""),
      witness: "console",
      line: expect.any(Number),
      pattern: "no-bootable-device",
      phase: "firmware",
      context: expect.arrayContaining(["No bootable device."]),
    },
  ]);
  expect(exitCode).toBe(1);
  expect(elapsedMs).toBeLessThan(120_000);
});

// A bare xfs without a disk around it is refused (bad-input).
describe.each(["ext4", "xfs"] as const)(
  "a hand-made disk with a static init on %s: no manifest, no systemd, no agent",
  (rootType) => {
    let out: string;
    let seen: Awaited<ReturnType<typeof runCli>>;
    beforeAll(async () => {
      const built = await runCli(["images", "path", "probe"]);
      const probeDir = built.stdout.trim().split("\n").at(-1) ?? "";
      const diskPath = join(dir.path, `${rootType}.raw`);
      await using work = await tempDir("bw", dir.path);
      await buildStaticInitDisk({ probeDir, diskPath, workDir: work.path, rootType });
      out = join(dir.path, rootType);
      const suites = ["--suite", "boot-time", "--suite", "read-only-root"];
      // Without an agent a power-off is a press of the power button, for which this guest has no ear.
      const grep = ["--grep", "^(?!read-only-root/root-partition-hash)"];
      seen = await runCli(["run", diskPath, "--out", out, ...suites, ...grep]);
    });

    test("boots, and what was assumed is said", () => {
      const assumed = seen.stdout.split("\n").filter((line) => line.startsWith("info: "));
      expect(
        assumed
          .join("\n")
          .replaceAll(dirname(out), "DIR")
          .replace(rootType, "TYPE")
          .replace(/[\d.]+ MiB/, "SIZE")
          .replace(/(kvm|tcg): .*/, "…"),
      ).toMatchInlineSnapshot(`
      "info: DIR/TYPE.raw has no manifest: raw by its header, SIZE
      info: Firmware bios: there is a BIOS boot partition
      info: Profile generic: no promise is judged; the disk gets a writable overlay, the file is not written
      info: Accelerator …"
    `);
    });

    test("outside checks run; all others are unsupported with the reason, and none fails", () => {
      const { "boot/default": boot, "boot-time/timeline": timeline, ...others } = statesOf(out);
      expect({ boot, timeline }).toEqual({ boot: "pass", timeline: "pass" });
      expect(Object.keys(others).length).toBeGreaterThan(10);
      expect([...new Set(Object.values(others))]).toEqual([
        "unsupported: No agent in this guest: only outside checks can run",
      ]);
      expect(seen.exitCode).toBe(0);
    });
  },
);
