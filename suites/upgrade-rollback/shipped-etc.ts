import { matchesGlob, unsupported } from "../../harness/index.ts";
import { type CycleSeen, releaseAfter } from "./cycle-seen.ts";
import type { NodeChanges, PromisedUpgrade } from "./node-changes.ts";

const defaults = "/usr/etc";

/**
 * What a release ships for /etc, by path in /etc: as its own disk has it, else as a node showed it that ran it. The check ends here
 * where neither can be read.
 */
export const shippedEtc = (
  { releases, shipped, before, steps }: CycleSeen,
  name: "v1" | "v2",
): ReadonlyMap<string, string> => {
  const tree = shipped[name].releases.get(releases[name].identity);
  if (tree !== undefined)
    return new Map(
      [...tree].flatMap(([path, digest]) =>
        path.startsWith(`${defaults}/`) ? [[path.slice("/usr".length), digest] as const] : [],
      ),
    );
  const nodes = steps.flatMap((step) =>
    step.kind === "seen" && releaseAfter[step.name] === name ? [step.node] : [],
  );
  const [node] = name === "v1" ? [before.node] : nodes;
  return (
    node?.shippedEtc ??
    unsupported("What a release ships for /etc can be read neither from its disk nor in the guest")
  );
};

/** Whether a path of /etc is one that nobody but the image has touched. */
export const isUntouched = (
  { kept, deleted, madeLater }: NodeChanges,
  { etc }: Pick<PromisedUpgrade, "etc">,
): ((path: string) => boolean) => {
  const touched = new Set([...kept.keys(), deleted, madeLater]);
  return (path) => !touched.has(path) && !etc.changing.some((glob) => matchesGlob(glob, path));
};
