import {
  type CheckTools,
  expect,
  fail,
  level,
  profile,
  skip,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import type { StatedDriver } from "./driver-of.ts";
import { judgeRefusal } from "./refused/judge-refusal.ts";
import { type Offered, offered, type RefusalsSeen, refusalsOf } from "./refused/refusals.ts";
import { type WriteErrorSeen, writeErrorsOf } from "./refused/write-errors.ts";

const titles: Readonly<Record<Offered, string>> = {
  foreign: "A release of another image",
  corrupted: "A release with another byte in one of its files",
  truncated: "A release with half of one of its files",
  "too-large": "A release for which the system disk has no room",
};

/** Who swaps disks asks no updater. At level quick the first driver stands for all. */
const drivers = (): readonly StatedDriver[] => {
  const asked = (profile().upgrade?.drivers ?? []).filter(({ kind }) => kind !== "replace-disk");
  return level() === "quick" ? asked.slice(0, 1) : asked;
};

const judgeOffer = (seen: RefusalsSeen, name: Offered, tools: CheckTools): void => {
  const why = seen.unknown.get(name);
  if (why !== undefined) unsupported(why);
  const made = seen.offers.get(name);
  if (made === undefined) skip("Not offered: the node had taken another one before");
  else judgeRefusal(made, seen.shipped, tools);
};

const judgeAfterwards = (
  { nextBoot, good, shipped, second }: RefusalsSeen,
  { evidence }: CheckTools,
): void => {
  if (nextBoot.kind === "failed") fail(`The next boot did not come up: ${nextBoot.reason}`);
  else expect(nextBoot.runs, "release that the next boot started").toBe(shipped);
  if (good === undefined) return;
  evidence("updater", good.outcome.kind === "taken" ? `took ${good.name}` : good.outcome.reason);
  expect(good.outcome.kind, "what the updater did with a good release").toBe("taken");
  if (good.next !== undefined) expect(good.next, "what the next boot starts").toEqual([second]);
};

/** Nothing but whole releases may boot; and what was said to be done must be done. */
const judgeWriteError = (
  { afterWrites, tried }: WriteErrorSeen,
  { first, second }: { readonly first: string; readonly second: string },
  { evidence }: CheckTools,
): void => {
  const when = `with a disk that fails after ${afterWrites} writes`;
  if (tried.kind === "not-up") {
    evidence("boot", `${when}: ${tried.reason}`);
    return;
  }
  const { outcome, runs, nextBoot } = tried;
  evidence("updater", `${when}: ${outcome.kind === "taken" ? "done" : outcome.reason}`);
  if (outcome.kind === "hung") fail(`The updater did not say that it failed ${when}`);
  if (runs === undefined) evidence("node", `${when}: it could not tell what runs`);
  else expect(runs, `release that runs ${when}`).toBe(first);
  if (typeof nextBoot !== "string") {
    fail(`After an update ${when} nothing boots: ${nextBoot.failed}`);
    return;
  }
  evidence("boot", `${when}: then ${nextBoot === second ? "the second release" : nextBoot} boots`);
  if (outcome.kind === "taken")
    expect(nextBoot, `release that boots after an update that was done ${when}`).toBe(second);
  else
    expect([first, second], `releases that may boot after an update ${when}`).toContain(nextBoot);
};

for (const stated of drivers()) {
  const prefix = `upgrade-rollback/refused/${stated.kind}`;
  const refusals = refusalsOf(stated);
  for (const name of offered) {
    const title = `${titles[name]} is refused, and the node stays what it is`;
    testTrial(refusals, `${prefix}/${name}`, { claim: "C17", title }, (seen, tools) =>
      judgeOffer(seen, name, tools),
    );
  }
  testTrial(
    refusals,
    `${prefix}/afterwards`,
    {
      claim: "C17",
      title: "After what it refused, a node boots the release that it ran, and takes a good one",
    },
    judgeAfterwards,
  );
  testTrial(
    writeErrorsOf(stated),
    `${prefix}/write-error`,
    {
      claim: "C17",
      title:
        "An update on a disk that fails writes says that it failed, and a whole release boots next",
    },
    (seen, tools) => {
      const tried = seen.tries.filter((one) => one.tried.kind === "tried");
      if (tried.length === 0)
        unsupported("The node does not come up on a system disk that fails writes");
      tools.figure("tries", tried.length, "1");
      for (const one of seen.tries) judgeWriteError(one, seen, tools);
    },
  );
}
