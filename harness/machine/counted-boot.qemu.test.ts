import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveImage } from "../../images/catalog.ts";
import { emulatedCpuModel } from "../../qemu/emulated-cpu-model.ts";
import { buildPlugin } from "../../qemu/plugin/build-plugin.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { buildAgent } from "../agent/build-agent.ts";
import { tempDir } from "../core/tmp.ts";
import type { TimelineRecord } from "../results/timeline-record.ts";
import { bootMachine } from "./boot-machine.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { prepareImage } from "./prepare-image.ts";
import { createRuntimeDirectory } from "./runtime-directory.ts";

/** A program that needs a processor for itself until it is disposed of. */
const busyLoop = (): Disposable => {
  const child = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  return { [Symbol.dispose]: () => void child.kill("SIGKILL") };
};

test("a guest executes the same instructions in each boot, whatever else the host does", async () => {
  const toolchain = await resolveToolchain();
  const { resolved, files } = await prepareImage(resolveImage("probe"), {
    agentPath: buildAgent,
    onLine: () => undefined,
  });
  const plan: MachinePlan = {
    manifest: {
      ...resolved.manifest,
      systemDisk: "none",
      // Found by its driver, which asks it for its first sectors.
      disks: [{ serial: "data", sizeMiB: 64 }],
      suites: [],
    },
    files,
    accel: "tcg",
    cpuModel: emulatedCpuModel("Nehalem"),
    agent: { kind: "builtin", transport: "port" },
    counting: { pluginPath: await buildPlugin() },
  };
  await using records = await tempDir();
  await using runtime = await createRuntimeDirectory();
  const boot = async (bootId: string): Promise<TimelineRecord> => {
    const bootDirectory = join(records.path, bootId);
    const { socketsPath, disksPath } = runtime;
    const outcome = await bootMachine({
      ...{ plan, toolchain, bootId, bootDirectory, socketsPath, disksPath },
    });
    if (outcome.kind === "failed") throw new Error(outcome.failure.reason);
    await using machine = outcome.machine;
    return machine.timeline;
  };
  const quiet = await boot("quiet");
  using _one = busyLoop();
  using _two = busyLoop();
  const busy = await boot("busy");
  expect(costsOf(busy)).toEqual(costsOf(quiet));
  expect(costsOf(quiet)).toMatchObject({ kernel: expect.any(Number), total: expect.any(Number) });
  expect(countsOf(records.path, "busy")).toEqual(countsOf(records.path, "quiet"));
});

const costsOf = ({ phases, totalCost, idleMs, comparability }: TimelineRecord) => ({
  ...Object.fromEntries(phases.map(({ name, cost }) => [name, cost])),
  ...{ total: totalCost, idle: idleMs, comparability },
});

/** Every row up to the mark, but for the host's time. */
const countsOf = (directory: string, bootId: string): readonly string[] => {
  const rows = readFileSync(join(directory, bootId, "counts.txt"), "utf8").split("\n");
  const mark = rows.findIndex((row) => row.startsWith("mark "));
  return rows.slice(0, mark + 1).map((row) => row.split(" ").slice(0, 4).join(" "));
};
