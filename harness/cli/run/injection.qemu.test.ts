import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveImage } from "../../../images/catalog.ts";
import type { InjectionStrategy } from "../../../images/schema.ts";
import { agentKey, buildAgent } from "../../agent/build-agent.ts";
import { sha256OfFile } from "../../core/sha256.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { bootMachine } from "../../machine/boot-machine.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { readRun } from "../../results/read-run.ts";
import { type OldSystemdImage, oldSystemdImage } from "../testing/old-systemd-image.ts";
import { runCli } from "../testing/run-cli.ts";
import { planRun } from "./plan-run.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

/** What the agent says of itself and of the guest in `reference`. */
const helloBy = async (injection: InjectionStrategy) => {
  const planned = await planRun(resolveImage("reference"), {
    accel: "auto",
    transport: "port",
    injection,
  });
  const bootMs = { kvm: 120_000, tcg: 900_000 }; // speed is not what is tested
  const { manifest } = planned.plan;
  await using runtime = await createRuntimeDirectory();
  const outcome = await bootMachine({
    plan: { ...planned.plan, manifest: { ...manifest, deadlines: { bootMs } } },
    toolchain: planned.toolchain,
    bootId: injection,
    bootDirectory: join(dir.path, injection),
    socketsPath: runtime.socketsPath,
    disksPath: runtime.disksPath,
  });
  if (outcome.kind === "failed") throw new Error(outcome.failure.reason);
  await using machine = outcome.machine;
  const agent = machine.agent;
  if (agent === undefined) throw new Error("There should be an agent");
  const { agentVersion, kernelRelease } = agent.info;
  const { activeState, subState } = await agent.unit("bootwright-agent.service");
  const program = await agent.sha256("/proc/self/exe");
  const disk = (await agent.mounts()).find(({ path }) => path === "/run/bootwright/agent");
  return { agentVersion, kernelRelease, activeState, subState, program, mount: disk?.options };
};

test("etc-unit gives the agent that was built, from its read-only disk", async () => {
  // By credentials it comes in all other tests that boot reference.
  expect(await helloBy("etc-unit")).toEqual({
    agentVersion: (await agentKey()).slice(0, 12),
    kernelRelease: expect.stringMatching(/^\d+\.\d+\.\d+/),
    activeState: "active",
    subState: "running",
    program: await sha256OfFile(await buildAgent()),
    mount: expect.arrayContaining(["ro", "nosuid", "nodev"]),
  });
}, 2_400_000);

test("reference gets the same verdicts by etc-unit, and its root partition is still proved", async () => {
  const out = join(dir.path, "run");
  // One boot's checks; that trials go on with such disks too is seen when all suites run.
  const suite = ["--suite", "read-only-root"];
  const args = ["run", "reference", "--injection", "etc-unit", ...suite, "--out"];
  const first = await runCli([...args, out]);
  const again = `${out}-again`;
  const isUndecided = first.exitCode === 3; // the host was too busy
  if (isUndecided) await runCli([...args, again]);
  const { run } = readRun(isUndecided ? again : out);
  expect(run.checks.filter(({ state }) => state !== "pass")).toEqual([]);
  expect(run.checks.map(({ id }) => id)).toContain("read-only-root/root-partition-hash");
  expect([run.injection.strategy, run.image.sha256After]).toEqual([
    "etc-unit",
    run.image.sha256Before,
  ]);
}, 1_200_000);

describe("a node whose systemd is too old for units by credentials", () => {
  let image: OldSystemdImage;
  let tookMs = 0;
  beforeAll(async () => {
    image = await oldSystemdImage();
  }, 1_800_000);

  const run = async (name: string, tcgMs: number, ...args: string[]) => {
    const manifest = join(dir.path, `${name}.yaml`);
    writeFileSync(manifest, manifestOf(image, tcgMs));
    const out = join(dir.path, name);
    const select = ["--suite", "read-only-root", "--grep", "^boot/|hash"];
    const cli = await runCli(["run", manifest, "--out", out, ...select, ...args]);
    expect(existsSync(join(out, "run.json")), cli.stderr).toBe(true);
    return { ...cli, run: readRun(out).run };
  };

  test("gets its agent by etc-unit without being asked, and it is said what that touches", async () => {
    const seen = await run("by-itself", 900_000);
    expect(seen.stdout).toContain(
      "The agent gets in by etc-unit: the image's systemd 252 makes no units of credentials",
    );
    expect(seen.run.checks.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "boot/default pass",
      "boot/units pass",
      "read-only-root/root-partition-hash pass",
    ]);
    expect(seen.run.injection).toEqual({
      strategy: "etc-unit",
      influences: expect.arrayContaining([
        "they lie in /upper of partition 5 of the system disk, in an overlay of this machine",
        "the hash of partition 5 is not comparable with the image's; every other partition comes as the image has it",
      ]),
    });
    expect(seen.run.image).toMatchObject({
      sha256After: seen.run.image.sha256Before,
      osRelease: { ID: "debian", VERSION_ID: "12" },
    });
    tookMs = seen.run.boots[0]?.durationMs ?? 0;
  }, 1_800_000);

  test("has no agent when it is sent credentials", async () => {
    const longEnoughMs = Math.max(60_000, 1.5 * tookMs);
    const seen = await run("credentials-only", longEnoughMs, "--injection", "credentials");
    // fail, or inconclusive where the host was too busy to tell.
    expect([1, 3]).toContain(seen.exitCode);
    expect(seen.run.injection.strategy).toBe("credentials");
    expect(seen.run.boots.at(-1)?.failure?.kind).toBe("no-agent");
  }, 1_800_000);
});

const manifestOf = ({ disk, kernel, initrd }: OldSystemdImage, tcgMs: number): string => `schema: 1
name: old-systemd
source: { file: ${disk}, format: qcow2 }
machine:
  memoryMiB: 512
  cpus: 2
  boot: kernel
  kernel: ${kernel}
  initrd: ${initrd}
  kernelCommandLine: root=LABEL=root ro
systemDisk: { readOnly: false, rootPartition: { number: 4 } }
agent:
  injection: [credentials, etc-unit]
  etcLayer: { partition: { number: 5 }, directory: /upper }
ready: { unit: multi-user.target }
deadlines: { bootMs: { kvm: 120000, tcg: ${Math.ceil(tcgMs)} } }
`;
