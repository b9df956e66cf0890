// A faulty release is installed as any other. From then on nobody helps: each machine is left alone until it resets or powers
// off by itself, and the next one goes on with its disks and firmware variables, as a node would.
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type DiskContents,
  deadlineAfter,
  errorCodeOf,
  type Release,
  type TrialTools,
  type UpdateDriver,
  withDeadline,
} from "../../../harness/index.ts";
import { attachedPayload, withPayload } from "../payload.ts";

/** One boot of the faulty release. */
export interface Try {
  /** What the machine showed, in one sentence. */
  readonly seen: string;
  readonly durationMs: number;
  /** Whether the node got out of it without help. */
  readonly wentByItself: boolean;
}

export interface FallBack {
  readonly tries: readonly Try[];
  /** Identity of what came up at last; undefined when nothing did. */
  readonly recovered: string | undefined;
  /** From the first power-on of the faulty release to the ready point of what came up. */
  readonly recoveryMs: number;
  /** What the updater said when the faulty release was still on offer. */
  readonly offeredAgain: string | undefined;
  /** Identity of what the boot after that started. */
  readonly afterOffer: string | undefined;
}

/** More than any loader counts: a node that never gives up is not followed for ever. */
const spareTries = 2;
/** For a node that is up and has to find out that it is ill; on a host of common speed. */
const findsOutMs = 420_000;
/** From a failure that shows to the reset, by a watchdog at the latest; on a host of common speed. */
const ownEndMs = 240_000;

export interface FallBackPlan {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  readonly shipped: Release;
  readonly faulty: Release;
  /** How often the profile says that it is tried. */
  readonly maxTries: number;
}

export const fallBack = async (plan: FallBackPlan): Promise<FallBack> => {
  const { faulty, shipped } = plan;
  let contents = await installed(plan);
  const tries: Try[] = [];
  let recovered: BootedMachine | undefined;
  while (recovered === undefined && tries.length < plan.maxTries + spareTries) {
    const next = await tryOnce(plan, contents, `${faulty.name}-try-${tries.length + 1}`);
    if (next.kind === "came-back") recovered = next.machine;
    else {
      tries.push(next.tried);
      contents = next.contents;
      if (!next.tried.wentByItself) break;
    }
  }
  const recoveryMs =
    tries.reduce((sum, { durationMs }) => sum + durationMs, 0) + (recovered?.timeline.totalMs ?? 0);
  if (recovered === undefined)
    return { tries, recovered, recoveryMs, offeredAgain: undefined, afterOffer: undefined };
  const identity = await plan.driver.version(agentOf(recovered));
  return {
    ...{ tries, recovered: identity, recoveryMs },
    ...(identity === shipped.identity
      ? await offered(plan, recovered)
      : { offeredAgain: undefined, afterOffer: undefined }),
  };
};

/** A node with the shipped release that was told to start the faulty one next. */
const installed = async ({ tools, driver, faulty }: FallBackPlan): Promise<DiskContents> => {
  const machine = await tools.boot(`before-${faulty.name}`, {
    isSystemWritable: true,
    attached: [attachedPayload(withPayload(faulty))],
  });
  const agent = agentOf(machine);
  await driver.stage(agent, faulty);
  await driver.activate(agent, faulty);
  return tools.powerOff(machine);
};

type Tried =
  | { readonly kind: "came-back"; readonly machine: BootedMachine }
  | { readonly kind: "did-not"; readonly tried: Try; readonly contents: DiskContents };

const tryOnce = async (
  { tools, driver, faulty }: FallBackPlan,
  contents: DiskContents,
  configuration: string,
): Promise<Tried> => {
  const tried = await tools.tryBoot(configuration, {
    isSystemWritable: true,
    attached: [attachedPayload(withPayload(faulty))],
    contents,
    ownEndMs: ownEndMs * Math.max(1, tools.slowness),
  });
  if (tried.kind === "failed") {
    const { failure, durationMs, wentByItself } = tried;
    const seen = `${failure.kind}: ${failure.reason}`;
    return {
      kind: "did-not",
      tried: { seen, durationMs, wentByItself },
      contents: tried.contents,
    };
  }
  const { machine } = tried;
  const identity = await identityUnlessGone(driver, machine);
  if (identity !== undefined && identity !== faulty.identity) return { kind: "came-back", machine };
  const wentByItself = await goesWithin(machine, findsOutMs * Math.max(1, tools.slowness));
  const durationMs = machine.nowMs();
  const seen = wentByItself
    ? `up at ${seconds(machine.timeline.totalMs)}, reset itself at ${seconds(durationMs)}: ${lastLine(machine)}`
    : `up at ${seconds(machine.timeline.totalMs)}, and still there at ${seconds(durationMs)}`;
  return {
    kind: "did-not",
    tried: { seen, durationMs, wentByItself },
    contents: await tools.kill(machine),
  };
};

/** What a timer of the node would do: the faulty release is still the newest on offer. Then one more boot. */
const offered = async (
  { tools, driver, faulty }: FallBackPlan,
  machine: BootedMachine,
): Promise<Pick<FallBack, "offeredAgain" | "afterOffer">> => {
  const offeredAgain = await driver.offer?.(agentOf(machine), faulty);
  const contents = await tools.powerOff(machine);
  const after = await tools.boot(`after-${faulty.name}`, { isSystemWritable: true, contents });
  const afterOffer = await driver.version(agentOf(after));
  await tools.powerOff(after);
  return { offeredAgain, afterOffer };
};

const identityUnlessGone = async (
  driver: UpdateDriver,
  machine: BootedMachine,
): Promise<string | undefined> => {
  const agent: AgentClient = agentOf(machine);
  try {
    return await driver.version(agent);
  } catch (error) {
    if (agent.isLost) return undefined;
    throw error;
  }
};

const goesWithin = async ({ ended }: BootedMachine, timeoutMs: number): Promise<boolean> =>
  await withDeadline(
    ended.then(() => true),
    deadlineAfter(timeoutMs),
    "The node's own end",
  ).catch((error: unknown) => {
    if (errorCodeOf(error) === "TIMEOUT") return false;
    throw error;
  });

const lastLine = (machine: BootedMachine): string =>
  machine.consoleLines().findLast((line) => line.trim() !== "") ?? "its console was silent";

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
