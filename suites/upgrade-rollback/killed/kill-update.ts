// A node whose QEMU is killed in the midst of an update. That is no power cut: what the guest handed to its disks is there,
// flushed or not, and only what it still kept in its memory is lost. So this shows crude faults alone, and what it does not
// show is enumerated in power-cut/.
import {
  type AgentClient,
  agentOf,
  type Release,
  type TrialTools,
  type UpdateDriver,
  virtioDisks,
} from "../../../harness/index.ts";
import { attachedPayload, withPayload } from "../payload.ts";
import { type OfferSeen, outcomeOf } from "../refused/offer.ts";

/** So many writes reached the system's disk since the update began; or it said that it is done. */
export type KillPoint = number | "acknowledged";

export interface KillSeen {
  readonly point: KillPoint;
  /** Writes of the update when it was killed. */
  readonly writes: number;
  /** Whether the updater had come to its end by then, and to which. */
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
  const count = await writeCounter(agent);
  const before = await count();
  let outcome: OfferSeen["outcome"] | undefined;
  const updated = outcomeOf(machine, async () => {
    await driver.stage(agent, release);
    await driver.activate(agent, release);
  }).then((one) => {
    outcome = one;
  });
  const killed = (async (): Promise<number> => {
    for (;;) {
      const writes = (await count()) - before;
      if (outcome !== undefined || (point !== "acknowledged" && writes >= point)) return writes;
    }
  })();
  // An updater that could not be asked at all ends here. One that is cut off below has nobody who waits for it.
  const writes = await Promise.race([killed, updated.then(() => killed)]);
  const seen = outcome;
  updated.catch(() => undefined);
  const contents = await tools.kill(machine);
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

/** Writes that the guest's kernel has completed on the system's disk: Documentation/block/stat.rst. */
const writeCounter = async (agent: AgentClient): Promise<() => Promise<number>> => {
  const device = (await virtioDisks(agent)).get("system") ?? "";
  const path = `${device.replace("/dev/", "/sys/block/")}/stat`;
  return async () =>
    Number(
      String(await agent.readFile(path))
        .trim()
        .split(/\s+/)[4],
    );
};
