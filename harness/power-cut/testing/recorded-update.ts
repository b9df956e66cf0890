// Runs the careful updater in a real guest, on a disk whose writes QEMU records.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { resolveImage } from "../../../images/catalog.ts";
import { goProgram } from "../../../images/payload/go-program.ts";
import { emulatedCpuModel } from "../../../qemu/emulated-cpu-model.ts";
import type { Backing } from "../../../qemu/machine-spec.ts";
import { resolveToolchain, type Toolchain } from "../../../qemu/toolchain.ts";
import type { AgentClient } from "../../agent/agent-client.ts";
import { buildAgent } from "../../agent/build-agent.ts";
import { deadlineAfter } from "../../core/deadline.ts";
import { InternalError } from "../../core/errors.ts";
import { exec } from "../../core/exec.ts";
import { tempDir } from "../../core/tmp.ts";
import { toolPath } from "../../core/tool.ts";
import { MiB } from "../../core/units.ts";
import { bootMachine } from "../../machine/boot-machine.ts";
import type { BootedMachine } from "../../machine/booted-machine.ts";
import type { MachinePlan } from "../../machine/machine-plan.ts";
import { variantOf } from "../../machine/machine-variant.ts";
import { prepareImage } from "../../machine/prepare-image.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { type MarkName, markText } from "../marks.ts";

export interface RecordedUpdate {
  readonly base: Backing;
  readonly log: string;
}

export interface UpdateRecorder extends AsyncDisposable {
  /** @param mountOptions as of mount(8). */
  record(way: string, mountOptions: readonly string[]): Promise<RecordedUpdate>;
  /** What the file holds in a guest that boots with that disk. */
  configOn(disk: Backing): Promise<Buffer>;
}

const diskMiB = 64;
/** The last MiB is for the marks. */
const fileSystemMiB = diskMiB - 2;
const serial = "updated";
const mountPoint = "/run/updated";
const updateMs = 60_000;

/** What `config` holds in the first and in the second release. */
export const releaseContent = (name: "v1" | "v2"): Buffer => {
  const sizeBytes = (name === "v1" ? 64 : 96) * 1024;
  const lines: string[] = [];
  for (let line = 0; line * 35 < sizeBytes; line += 1) {
    lines.push(`${name} line ${String(line).padStart(6, "0")} of the configuration\n`);
  }
  return Buffer.from(lines.join("")).subarray(0, sizeBytes);
};

export const createUpdateRecorder = async (): Promise<UpdateRecorder> => {
  await using made = new AsyncDisposableStack();
  const work = made.use(await tempDir("cuts"));
  const runtime = made.use(await createRuntimeDirectory());
  const toolchain = await resolveToolchain();
  const plan = await probePlan();
  const program = await goProgram({
    module: "../../harness/power-cut/testing/careful-updater",
    package: ".",
    name: "careful-updater",
  });
  const base: Backing = { path: await makeBase(work.path), format: "raw" };
  const kept = made.move();
  let boots = 0;
  const bootWith = async (contents: Backing): Promise<BootedMachine> => {
    boots += 1;
    const bootId = String(boots).padStart(2, "0");
    const variant = variantOf(plan, {
      disks: [{ serial, sizeMiB: diskMiB }],
      contents: { [serial]: contents },
      recordWrites: [serial],
    });
    return await boot(variant, toolchain, {
      ...{ bootId, directory: join(work.path, bootId), ...runtime },
    });
  };
  return {
    record: async (way, mountOptions) => {
      await using machine = await bootWith(base);
      await update(machine, program, way, mountOptions);
      const { disks } = await machine.kill();
      const log = join(work.path, `${machine.bootId}.writes`);
      copyFileSync(disks.find((disk) => disk.serial === serial)?.writeLogPath ?? "", log);
      return { base, log };
    },
    configOn: async (disk) => {
      await using machine = await bootWith(disk);
      await mountDisk(agentOf(machine), []);
      return await agentOf(machine).readFile(`${mountPoint}/config`);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};

const probePlan = async (): Promise<MachinePlan> => {
  const { resolved, files } = await prepareImage(resolveImage("probe"), {
    agentPath: buildAgent,
    onLine: () => undefined,
  });
  return {
    manifest: { ...resolved.manifest, systemDisk: "none", suites: [] },
    files,
    accel: "tcg",
    cpuModel: emulatedCpuModel("Nehalem"),
    agent: { kind: "builtin", transport: "port" },
  };
};

const makeBase = async (directory: string): Promise<string> => {
  const root = join(directory, "root");
  mkdirSync(root);
  writeFileSync(join(root, "config"), releaseContent("v1"));
  const path = join(directory, "base.raw");
  await exec(toolPath("qemu-img"), ["create", "-q", "-f", "raw", path, `${diskMiB}M`]);
  // A superblock of which one of two sectors is new fails its checksum, and then no kernel mounts it: that is ext4's own,
  // at each mount, and not what is tried here.
  const args = [
    "-q",
    "-F",
    "-t",
    "ext4",
    "-O",
    "^metadata_csum",
    "-d",
    root,
    path,
    `${fileSystemMiB}M`,
  ];
  await exec(toolPath("mke2fs"), args);
  return path;
};

const boot = async (
  plan: MachinePlan,
  toolchain: Toolchain,
  place: {
    readonly bootId: string;
    readonly directory: string;
    readonly socketsPath: string;
    readonly disksPath: string;
  },
): Promise<BootedMachine> => {
  const { bootId, directory, socketsPath, disksPath } = place;
  const outcome = await bootMachine({
    ...{ plan, toolchain, bootId, bootDirectory: directory, socketsPath, disksPath },
  });
  if (outcome.kind === "booted") return outcome.machine;
  throw new InternalError(`The guest of ${bootId} did not boot: ${outcome.failure.reason}`);
};

const agentOf = ({ agent }: BootedMachine): AgentClient => {
  if (agent === undefined) throw new InternalError("The guest has no agent");
  return agent;
};

const mountDisk = async (agent: AgentClient, options: readonly string[]): Promise<void> => {
  const disk = { source: "/dev/vda", target: mountPoint, type: "ext4", options };
  await agent.mount(disk, { deadline: deadlineAfter(updateMs) });
};

const update = async (
  machine: BootedMachine,
  program: string,
  way: string,
  mountOptions: readonly string[],
): Promise<void> => {
  const agent = agentOf(machine);
  const mark = async (name: MarkName): Promise<void> => {
    const place = { serial, offsetBytes: (diskMiB - 1) * MiB };
    const seen = await agent.probe("write-mark", { ...place, text: markText(0, name) }, written);
    if (seen.step !== "done") throw new InternalError(`No mark: ${seen.step} ${seen.errno}`);
  };
  await agent.writeFile("/run/careful-updater", readFileSync(program), { mode: 0o755 });
  await mountDisk(agent, mountOptions);
  await mark("BEGIN");
  const deadline = deadlineAfter(updateMs);
  const ended = await agent.exec(["/run/careful-updater", way, mountPoint], { deadline });
  const isDone = ended.exit.kind === "exited" && ended.exit.code === 0;
  if (!isDone) throw new InternalError(`${way}: ${ended.stderr.toString()}`);
  await mark("ACK");
  await mark("END");
};

const written = z.object({ device: z.string(), step: z.string(), errno: z.string() });
