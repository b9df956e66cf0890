// A node whose QEMU is killed in the midst of an update. That is no power cut: what the guest handed to its disks is there,
// flushed or not, and only what it still kept in its memory is lost. So this shows crude faults alone, and what it does not
// show is enumerated in power-cut/.
import { setTimeout as pause } from "node:timers/promises";
import {
  type AgentClient,
  agentOf,
  deadlineAfter,
  type Release,
  type TrialTools,
  type UpdateDriver,
  unsupported,
  virtioDisks,
} from "../../../harness/index.ts";
import { attachedPayload, withPayload } from "../payload.ts";
import { type OfferSeen, outcomeOf } from "../refused/offer.ts";

/** So many writes reached the system's disk since the update began; or it said that it is done. */
export type KillPoint = number | "acknowledged";

export interface KillSeen {
  readonly point: KillPoint;
  /** Writes of the update shortly before it was killed. */
  readonly writes: number;
  /** To which end the updater came before it was killed. */
  readonly outcome: OfferSeen["outcome"] | undefined;
  /** Identity of what booted then, or why nothing did. */
  readonly nextBoot: string | { readonly failed: string };
}

export interface KillPlan {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  readonly release: Release;
  readonly point: KillPoint;
}

/** Two boots. */
export const killUpdate = async (plan: KillPlan): Promise<KillSeen> => {
  const { tools, driver, point } = plan;
  const release = withPayload(plan.release);
  const machine = await tools.boot(`${driver.kind}-killed-at-${point}`, {
    isSystemWritable: true,
    attached: [attachedPayload(release)],
  });
  const agent = agentOf(machine);
  const count = await writeCounter(agent, tools);
  const before = await count();
  let outcome: OfferSeen["outcome"] | undefined;
  const updated = outcomeOf(machine, async () => {
    await driver.stage(agent, release);
    await driver.activate(agent, release);
  }).then((one) => {
    outcome = one;
  });
  const reached = async (): Promise<void> => {
    if (point === "acknowledged") return;
    while (outcome === undefined && (await count()) - before < point)
      await pause(pauseMs, undefined, { ref: false });
  };
  // An updater that could not be asked at all ends here. One that is cut off below has nobody who waits for it.
  await (point === "acknowledged" ? updated : Promise.race([reached(), updated]));
  const writes = (await count()) - before;
  updated.catch(() => undefined);
  const contents = await tools.kill(machine);
  // Whatever it said up to the end counts.
  const seen = outcome;
  const next = await tools.tryBoot(`${driver.kind}-after-kill-at-${point}`, {
    ...{ contents, isSystemWritable: true },
  });
  if (next.kind === "failed") {
    const failed = `${next.failure.kind}: ${next.failure.reason}`;
    return { point, writes, outcome: seen, nextBoot: { failed } };
  }
  const nextBoot = await driver.version(agentOf(next.machine));
  await tools.kill(next.machine);
  return { point, writes, outcome: seen, nextBoot };
};

/** Between two looks at the counter, so that looking takes little of the guest. */
const pauseMs = 50;
const readMs = 30_000;

/** Writes that the guest's kernel has completed on the system's disk: Documentation/block/stat.rst. */
const writeCounter = async (
  agent: AgentClient,
  { slowness }: Pick<TrialTools, "slowness">,
): Promise<() => Promise<number>> => {
  const device =
    (await virtioDisks(agent)).get("system") ??
    unsupported("The guest does not tell which of its disks is the system's");
  const path = `${device.replace("/dev/", "/sys/block/")}/stat`;
  return async () => {
    const deadline = deadlineAfter(readMs * Math.max(1, slowness));
    const text = String(await agent.readFile(path, { deadline, length: 4096 }));
    const writes = Number(text.trim().split(/\s+/)[4]);
    return Number.isFinite(writes)
      ? writes
      : unsupported(`The guest's ${path} does not count writes`);
  };
};
