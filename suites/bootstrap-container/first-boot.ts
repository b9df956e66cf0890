import {
  type AgentClient,
  agentOf,
  type DiskContents,
  defineTrial,
  type Trial,
} from "../../harness/index.ts";
import { type GuestProcess, guestProcesses, isOfUnit } from "../host-containers/guest-processes.ts";
import { type Leftovers, leftoversOf } from "../host-containers/leftovers.ts";
import {
  type BootstrapContainers,
  bootstrapContainers,
  settled,
  userDataCredentials,
} from "./given-user-data.ts";
import { type Report, readReport } from "./report.ts";
import { appendedText, brief, curious, madeFile, startedUnit } from "./user-data.ts";

/** Which user data two boots of one machine get. */
export const lastingUserData = (): Readonly<Record<string, string>> =>
  userDataCredentials({
    essential: { program: curious("essential") },
    optional: { program: brief("optional"), mode: "always" },
  });

/** The start of something that runs the containers of others. */
interface WorkloadStart {
  readonly what: string;
  /** Since the kernel was started. */
  readonly startedMs: number;
}

/** A machine that got user data on its first boot, looked at when it was ready. */
export interface FirstBoot {
  readonly bootId: string;
  readonly essential: Report | undefined;
  readonly workloads: readonly WorkloadStart[];
  /** The host's first process, and its effective capabilities. */
  readonly init: GuestProcess | undefined;
  readonly capabilities: string;
  readonly startedUnitState: string;
  /** What stands in the file that user data made in each directory; undefined where the host has none. */
  readonly shared: Readonly<Record<string, string | undefined>>;
  /** Files of the host in which stands what user data appended. */
  readonly appendedTo: readonly string[];
  /** Files of user data in directories of the host that it must not write. */
  readonly madeInContainer: readonly string[];
  readonly madeInHost: readonly string[];
  readonly leftovers: Leftovers;
  readonly contents: DiskContents;
}

export const firstBoot: Trial<FirstBoot> = defineTrial(async ({ boot, powerOff }) => {
  const expected = bootstrapContainers();
  const machine = await boot("user-data", { credentials: lastingUserData() });
  const agent = agentOf(machine);
  await settled(agent);
  const essential = await readReport(agent, "essential");
  const processes = await guestProcesses(agent);
  const seen = {
    bootId: agent.info.bootId,
    essential,
    workloads: await workloadStarts(agent, expected, processes),
    init: processes.find(({ pid }) => pid === 1),
    capabilities: effectiveCapabilities(String(await agent.readFile("/proc/1/status"))),
    startedUnitState: (await agent.unit(startedUnit)).activeState,
    ...(await filesOfHost(agent, expected)),
    leftovers: await leftoversOf(
      agent,
      {
        mountNamespace: essential?.namespaces["mnt"] ?? "",
        ranUntilMs: essential?.endedMs ?? 0,
        rootMount: essential?.root,
      },
      expected.runtimeUnit,
    ),
  };
  return { ...seen, contents: await powerOff(machine) };
});

const workloadStarts = async (
  agent: AgentClient,
  { workloadUnits }: BootstrapContainers,
  processes: readonly GuestProcess[],
): Promise<readonly WorkloadStart[]> => {
  const starts: WorkloadStart[] = [];
  for (const unit of workloadUnits) {
    const { inactiveExitUs } = await agent.unit(unit);
    if (inactiveExitUs > 0) starts.push({ what: unit, startedMs: inactiveExitUs / 1000 });
    const first = processes
      .filter((process) => isOfUnit(process, unit))
      .toSorted((a, b) => a.startedMs - b.startedMs)[0];
    if (first === undefined) continue;
    const { name, pid, startedMs } = first;
    starts.push({ what: `${name} (${pid}) of ${unit}`, startedMs });
  }
  return starts;
};

const effectiveCapabilities = (procStatus: string): string =>
  /^CapEff:\s*([0-9a-f]+)$/m.exec(procStatus)?.[1] ?? "";

const filesOfHost = async (
  agent: AgentClient,
  { volumes, ownFiles, readOnly }: BootstrapContainers,
): Promise<Pick<FirstBoot, "shared" | "appendedTo" | "madeInContainer" | "madeInHost">> => {
  const shared: Record<string, string | undefined> = {};
  for (const directory of volumes) {
    shared[directory] = await textOf(agent, `${directory}/${madeFile.shared}`);
  }
  const appendedTo: string[] = [];
  for (const path of ownFiles) {
    if ((await textOf(agent, path))?.includes(appendedText)) appendedTo.push(path);
  }
  return {
    shared,
    appendedTo,
    madeInContainer: await existing(agent, readOnly, madeFile.own),
    madeInHost: await existing(agent, readOnly, madeFile.host),
  };
};

const textOf = async (agent: AgentClient, path: string): Promise<string | undefined> =>
  (await agent.exists(path)) ? String(await agent.readFile(path, { length: 65_536 })) : undefined;

const existing = async (
  agent: AgentClient,
  directories: readonly string[],
  name: string,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const directory of directories) {
    const path = `${directory}/${name}`.replace("//", "/");
    if (await agent.exists(path)) found.push(path);
  }
  return found;
};
