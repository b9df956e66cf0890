// Two boots a try: the disk of the system fails all writes from some point on, and then it is a good one again.
import {
  type AgentClient,
  agentOf,
  defineTrial,
  errorCodeOf,
  level,
  type Trial,
  type TrialTools,
  type UpdateDriver,
} from "../../../harness/index.ts";
import { driverOf, type StatedDriver } from "../driver-of.ts";
import { attachedPayload } from "../payload.ts";
import { releaseNamed, releasePair } from "../releases.ts";
import { type OfferSeen, outcomeOf } from "./offer.ts";

export interface WriteErrorSeen {
  /** Writes to the disk of the system that succeeded, from power-on. */
  readonly afterWrites: number;
  readonly tried:
    | {
        readonly kind: "tried";
        readonly outcome: OfferSeen["outcome"];
        /** What ran afterwards; undefined where the node could not tell any more. */
        readonly runs: string | undefined;
        readonly nextBoot: string | { readonly failed: string };
      }
    /** The node does not even come up on such a disk. */
    | { readonly kind: "not-up"; readonly reason: string };
}

export interface WriteErrorsSeen {
  readonly first: string;
  readonly second: string;
  readonly tries: readonly WriteErrorSeen[];
}

/** Before anything is written, while the release is fetched, and while it is made bootable. */
const points = (): readonly number[] => (level() === "quick" ? [0] : [0, 25, 100]);

export const writeErrorsOf = (stated: StatedDriver): Trial<WriteErrorsSeen> =>
  defineTrial(async (tools) => {
    const driver = driverOf(stated, tools);
    const tries: WriteErrorSeen[] = [];
    for (const afterWrites of points())
      tries.push({
        afterWrites,
        tried: await tryWith(afterWrites, { kind: stated.kind, tools, driver }),
      });
    const { v1, v2 } = releasePair();
    return { first: v1.identity, second: v2.identity, tries };
  });

interface TryOptions {
  readonly kind: StatedDriver["kind"];
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
}

const tryWith = async (
  afterWrites: number,
  { kind, tools, driver }: TryOptions,
): Promise<WriteErrorSeen["tried"]> => {
  const release = releaseNamed("v2");
  const { payload } = release;
  const booted = await tools.tryBoot(`${kind}-writes-fail-after-${afterWrites}`, {
    isSystemWritable: true,
    attached: payload === undefined ? [] : [attachedPayload({ ...release, payload })],
    writeFaults: { system: { afterWrites, error: "io" } },
  });
  if (booted.kind === "failed")
    return { kind: "not-up", reason: `${booted.failure.kind}: ${booted.failure.reason}` };
  const { machine } = booted;
  const agent = agentOf(machine);
  const outcome = await outcomeOf(machine, async () => {
    await driver.stage(agent, release);
    await driver.activate(agent, release);
  });
  const runs = await versionIfTold(driver, agent);
  // What it could write is on its disk, and going down is no part of this.
  const contents = await tools.kill(machine);
  const next = await tools.tryBoot(`${kind}-after-${afterWrites}`, {
    ...{ contents, isSystemWritable: true },
  });
  if (next.kind === "failed") {
    const failed = `${next.failure.kind}: ${next.failure.reason}`;
    return { kind: "tried", outcome, runs, nextBoot: { failed } };
  }
  const nextBoot = await driver.version(agentOf(next.machine));
  await tools.kill(next.machine);
  return { kind: "tried", outcome, runs, nextBoot };
};

/** A node whose disk has failed may not start any program. */
const versionIfTold = async (
  driver: UpdateDriver,
  agent: AgentClient,
): Promise<string | undefined> => {
  try {
    return await driver.version(agent);
  } catch (error) {
    if (errorCodeOf(error) !== "UPDATE_FAILED") throw error;
    return undefined;
  }
};
