// The disks that are the node's own, which an update must leave alone: what was on them and durable before a new release's
// first boot must be there whenever the power goes in it. The system's disk has oracles that know releases; here only what
// was left on purpose is known.
import {
  type AgentClient,
  agentOf,
  type KeptFiles,
  keptFilesOracle,
  manifest,
  type PowerCuts,
  profile,
  type RecordedWrites,
  sideBySide,
  type TrialTools,
  type UpdateDriver,
  unsupported,
} from "../../../harness/index.ts";
import { changeNode, type NodeChanges, type PromisedUpgrade } from "../node-changes.ts";
import type { RecordedStep } from "./recorded-step.ts";

export const nodeDiskNames = ["data-disk", "etc"] as const;
export type NodeDiskName = (typeof nodeDiskNames)[number];

/** A disk with a file system of the node's own, and where that is seen in the guest. */
export interface NodeDisk {
  readonly name: NodeDiskName;
  readonly serial: string;
  /** In the guest. */
  readonly mountPoint: string;
  /** What is seen there, in the disk's file system. */
  readonly directory: string;
}

/** A disk of which states were judged, and some booted. */
export interface NodeDiskCut {
  readonly cuts: PowerCuts;
  readonly booted: readonly BootedNodeDisk[];
}

export interface BootedNodeDisk {
  readonly name: string;
  readonly durationMs: number;
  /** What is wrong with what came up; empty when all is as it was left. */
  readonly problems: readonly string[];
}

/** Those of the node that are disks of their own. */
export const nodeDisksOf = (): readonly NodeDisk[] => {
  const { dataDisk, upgrade } = profile();
  const { agent, disks } = manifest();
  const layer = agent.etcLayer;
  const all: NodeDisk[] = [];
  if (dataDisk !== undefined)
    all.push({
      name: "data-disk",
      serial: dataDisk.serial,
      mountPoint: dataDisk.mountPoint,
      directory: "",
    });
  if (upgrade?.etc !== undefined && layer?.on.kind === "disk")
    all.push({
      name: "etc",
      serial: layer.on.serial,
      mountPoint: "/etc",
      directory: layer.directory,
    });
  return all.filter(({ serial }) => disks.some((disk) => disk.serial === serial));
};

/** By path in the guest. */
export type LeftFiles = KeptFiles;

/** Leaves files on the data disk, and edits /etc, as a node in use has them. */
export const leaveFiles = async (
  agent: AgentClient,
  upgrade: Pick<PromisedUpgrade, "etc">,
): Promise<LeftFiles> => {
  const { etc, markers }: NodeChanges = await changeNode(agent, upgrade);
  const left = new Map<string, { readonly sha256: string } | "whiteout">();
  for (const path of [...markers, ...(etc?.kept.keys() ?? [])])
    left.set(path, { sha256: await agent.sha256(path) });
  if (etc !== undefined) left.set(etc.deleted, "whiteout");
  return left;
};

interface NodeDiskPlan {
  readonly tools: TrialTools;
  readonly kind: UpdateDriver["kind"];
  readonly check: string;
  readonly disk: NodeDisk;
  readonly left: LeftFiles;
  readonly step: RecordedStep;
  readonly writes: RecordedWrites;
  /** How many are booted. */
  readonly boots: number;
}

/** Judges the states of a disk, and boots some of them if none is bad. */
export const cutNodeDisk = async (plan: NodeDiskPlan): Promise<NodeDiskCut> => {
  const { tools, check, disk, writes, boots } = plan;
  const left = leftOn(disk, plan.left);
  if (left.size === 0) unsupported(`Nothing was left below ${disk.mountPoint} that could be lost`);
  const cuts = await tools.powerCuts.judge(check, writes, keptFilesOracle(placesOn(disk, left)));
  const chosen = cuts.bad.length > 0 ? [] : cuts.representatives.slice(0, boots);
  const booted = await sideBySide(tools.machinesAtOnce(), chosen, ({ name }, index) =>
    bootNodeDisk({ ...plan, left }, name, `${plan.kind}-${disk.name}-state-${index + 1}`),
  );
  return { cuts, booted };
};

const bootNodeDisk = async (
  { tools, disk, left, step, writes }: NodeDiskPlan,
  name: string,
  configuration: string,
): Promise<BootedNodeDisk> => {
  using made = await tools.powerCuts.rebuild(writes, name);
  const contents = { ...step.contents, [disk.serial]: made.disk };
  const tried = await tools.tryBoot(configuration, { contents, isSystemWritable: true });
  if (tried.kind === "failed") {
    const { failure, durationMs } = tried;
    return { name, durationMs, problems: [`${failure.kind}: ${failure.reason}`] };
  }
  const { machine } = tried;
  const durationMs = machine.timeline.totalMs;
  const problems = await problemsIn(agentOf(machine), left);
  await tools.kill(machine);
  return { name, durationMs, problems };
};

const leftOn = ({ mountPoint }: NodeDisk, left: LeftFiles): LeftFiles =>
  new Map([...left].filter(([path]) => path.startsWith(`${mountPoint}/`)));

const placesOn = ({ mountPoint, directory }: NodeDisk, left: LeftFiles): KeptFiles =>
  new Map(
    [...left].map(
      ([path, what]) => [`${directory}${path.slice(mountPoint.length)}`, what] as const,
    ),
  );

const problemsIn = async (agent: AgentClient, left: LeftFiles): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const [path, what] of left) {
    const isThere = await agent.exists(path);
    if (what === "whiteout") {
      if (isThere) problems.push(`${path} is there`);
    } else if (!isThere) problems.push(`${path} is missing`);
    else if ((await agent.sha256(path)) !== what.sha256)
      problems.push(`${path} is not what it was`);
  }
  return problems;
};
