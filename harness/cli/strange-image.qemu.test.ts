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

const buildDisk = async (name: string, rootType: "ext4" | "xfs"): Promise<string> => {
  const built = await runCli(["images", "path", "probe"]);
  const probeDir = built.stdout.trim().split("\n").at(-1) ?? "";
  const diskPath = join(dir.path, name);
  await using work = await tempDir("bw", dir.path);
  await buildStaticInitDisk({ probeDir, diskPath, workDir: work.path, rootType });
  return diskPath;
};

/** Runs of disks whose guests do nothing for most of their time: so they do it side by side. */
interface HandMade {
  readonly out: string;
  readonly seen: Awaited<ReturnType<typeof runCli>>;
}
let byItself: HandMade;
let byManifest: HandMade;
let onXfs: HandMade;
beforeAll(async () => {
  const ext4 = await buildDisk("static.raw", "ext4");
  const xfs = await buildDisk("xfs.raw", "xfs");
  const manifest = join(dir.path, "static.yaml");
  writeFileSync(manifest, manifestText);
  const run = async (name: string, image: string, ...args: string[]): Promise<HandMade> => {
    const out = join(dir.path, name);
    return { out, seen: await runCli(["run", image, "--out", out, ...args]) };
  };
  const hash = ["--suite", "read-only-root", "--grep", "root-partition-hash"];
  [byItself, byManifest, onXfs] = await Promise.all([
    run("static", ext4, "--suite", "boot-time", "--suite", "read-only-root"),
    run("hashed", manifest, ...hash),
    run("xfs", xfs, "--suite", "boot-time"),
  ]);
});

describe("a hand-made disk with a static init: no manifest, no systemd, no agent", () => {
  test("boots, and what was assumed is said", () => {
    const { out, seen } = byItself;
    const assumed = seen.stdout.split("\n").filter((line) => line.startsWith("info: "));
    expect(
      assumed
        .join("\n")
        .replaceAll(dirname(out), "DIR")
        .replace(/(kvm|tcg): .*/, "…"),
    ).toMatchInlineSnapshot(`
      "info: DIR/static.raw has no manifest: raw by its header, 83.0 MiB
      info: Firmware bios: there is a BIOS boot partition
      info: The disk gets a writable overlay, the file is not written
      info: Profile generic, no promise is judged: the rules of no profile fit: no root of an operating system was found in its file
      info: Accelerator …"
    `);
  });

  test("outside checks run; all others are unsupported with the reason, and none fails", () => {
    const {
      "boot/default": boot,
      "boot-time/timeline": timeline,
      "read-only-root/root-partition-hash": hash,
      ...others
    } = statesOf(byItself.out);
    expect({ boot, timeline, hash }).toEqual({
      boot: "pass",
      timeline: "pass",
      hash: "unsupported: The manifest names no root partition",
    });
    expect(Object.keys(others).length).toBeGreaterThan(10);
    expect([...new Set(Object.values(others))]).toEqual([
      "unsupported: No agent in this guest: only outside checks can run",
    ]);
    expect(byItself.seen.exitCode).toBe(0);
  });

  test("with a manifest its root partition is hashed; what a guest with no ear for the power button held back is unknown", () => {
    const { out, seen } = byManifest;
    const check = readRun(out).run.checks.find(({ id }) => id.endsWith("root-partition-hash"));
    const sha256 = "[0-9a-f]{64}";
    // On a busy host the guest is not seen to idle at once.
    const unclean = "The guest did not (heed its power button|power off): .*";
    expect([seen.exitCode, check?.state, check?.reason, check?.evidence]).toEqual([
      3,
      "inconclusive",
      expect.stringMatching(
        new RegExp(`^${unclean}\\. What it had not yet written to its disks is unknown$`),
      ),
      [
        { kind: "power-off", text: expect.stringMatching(new RegExp(`^${unclean}$`)) },
        {
          kind: "hash",
          text: expect.stringMatching(
            new RegExp(`^partition root: before (${sha256}), after \\1$`),
          ),
        },
      ],
    ]);
  });
});

// A bare xfs without a disk around it is refused (bad-input).
test("a hand-made disk with an xfs root boots: outside checks run, the rest is unsupported", () => {
  const { out, seen } = onXfs;
  expect([seen.exitCode, statesOf(out)]).toEqual([
    0,
    {
      "boot/default": "pass",
      "boot/units": "unsupported: No agent in this guest: only outside checks can run",
      "boot-time/timeline": "pass",
    },
  ]);
});

const manifestText = `schema: 1
name: static
title: A static init that waits
source: { file: static.raw, format: raw }
profile: generic
machine: { memoryMiB: 256, cpus: 1, boot: bios }
systemDisk: { readOnly: false, rootPartition: { label: root } }
agent: { injection: [] }
ready: { console: "Run /init as init process" }
deadlines: { bootMs: { kvm: 120000, tcg: 480000 } }
suites: [read-only-root]
`;
