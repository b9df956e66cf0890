// One trial a driver: two boots, in the first of which the node is offered all that it must refuse.
import {
  agentOf,
  damagedRelease,
  defineTrial,
  type Release,
  releases,
  type Trial,
  type TrialTools,
  type UpdateDriver,
} from "../../../harness/index.ts";
import { driverOf, type StatedDriver } from "../driver-of.ts";
import { attachedPayload, type PayloadRelease } from "../payload.ts";
import { releaseNamed, releasePair } from "../releases.ts";
import { type OfferSeen, offer } from "./offer.ts";

/** What an updater must refuse, in the order in which it is offered. */
export const offered = ["foreign", "corrupted", "truncated", "too-large"] as const;
export type Offered = (typeof offered)[number];

export interface RefusalsSeen {
  /** Of the release that ran all the time. */
  readonly shipped: string;
  /** Up to the first after which the next boot would start another release. */
  readonly offers: ReadonlyMap<Offered, OfferSeen>;
  /** Why some were not offered, though all before them were refused. */
  readonly unknown: ReadonlyMap<Offered, string>;
  readonly nextBoot:
    | { readonly kind: "booted"; readonly runs: string }
    | { readonly kind: "failed"; readonly reason: string };
  /** How the second release was taken after all that. */
  readonly good: OfferSeen | undefined;
  /** Identity of the second release. */
  readonly second: string;
}

export const refusalsOf = (stated: StatedDriver): Trial<RefusalsSeen> =>
  defineTrial(async (tools) => {
    const driver = driverOf(stated, tools);
    await using held = new AsyncDisposableStack();
    const { known, unknown } = await badReleases(held);
    return await offerAll(stated, { tools, driver, known, unknown });
  });

/** The serial says which is which. */
const badReleases = async (
  held: AsyncDisposableStack,
): Promise<{
  readonly known: ReadonlyMap<Offered, PayloadRelease>;
  readonly unknown: ReadonlyMap<Offered, string>;
}> => {
  const known = new Map<Offered, PayloadRelease>();
  const unknown = new Map<Offered, string>();
  const second = releaseNamed("v2");
  for (const name of offered) {
    const release = await badRelease(name, second, held);
    if (release?.payload === undefined) unknown.set(name, `There is no payload that is ${name}`);
    else known.set(name, { ...release, payload: release.payload, payloadSerial: name });
  }
  return { known, unknown };
};

const badRelease = async (
  name: Offered,
  second: Release,
  held: AsyncDisposableStack,
): Promise<Release | undefined> => {
  if (name !== "corrupted" && name !== "truncated")
    return releases().find((one) => one.name === name);
  const damaged = await damagedRelease(second, name);
  return damaged === undefined ? undefined : held.use(damaged);
};

interface OfferOptions {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  readonly known: ReadonlyMap<Offered, PayloadRelease>;
  readonly unknown: ReadonlyMap<Offered, string>;
}

const offerAll = async (
  { kind }: StatedDriver,
  { tools, driver, known, unknown }: OfferOptions,
): Promise<RefusalsSeen> => {
  const { v1, v2 } = releasePair();
  const machine = await tools.boot(`${kind}-refuses`, {
    isSystemWritable: true,
    attached: [...known.values()].map(attachedPayload),
  });
  const offers = new Map<Offered, OfferSeen>();
  for (const [name, release] of known) {
    const seen = await offer(machine, driver, release);
    offers.set(name, seen);
    if (seen.next?.some((identity) => identity !== v1.identity) === true) break;
  }
  const contents = await tools.powerOff(machine);
  const told = { shipped: v1.identity, second: v2.identity, offers, unknown };
  const { payload } = v2;
  const next = await tools.tryBoot(`${kind}-refused`, {
    ...{ contents, isSystemWritable: true },
    attached: payload === undefined ? [] : [attachedPayload({ ...v2, payload })],
  });
  if (next.kind === "failed") {
    const reason = `${next.failure.kind}: ${next.failure.reason}`;
    return { ...told, nextBoot: { kind: "failed", reason }, good: undefined };
  }
  const runs = await driver.version(agentOf(next.machine));
  const good = runs === v1.identity ? await offer(next.machine, driver, v2) : undefined;
  await tools.powerOff(next.machine);
  return { ...told, nextBoot: { kind: "booted", runs }, good };
};
