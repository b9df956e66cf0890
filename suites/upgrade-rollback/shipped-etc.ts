import { matchesGlob, unsupported } from "../../harness/index.ts";
import { type CycleSeen, releaseAfter } from "./cycle-seen.ts";
import type { EtcChanges } from "./node-changes.ts";

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

/** What was changed in /etc; the check ends here where the profile does not say that it is the node's own. */
export const changedEtc = ({ changes }: Pick<CycleSeen, "changes">): EtcChanges =>
  changes.etc ?? unsupported("The profile does not say that changes of /etc outlast an update");

/** Whether a path of /etc is one that nobody but the image has touched. */
export const isUntouched = (
  { kept, deleted, madeLater }: EtcChanges,
  changing: readonly string[],
): ((path: string) => boolean) => {
  const touched = new Set([...kept.keys(), deleted, madeLater]);
  return (path) => !touched.has(path) && !changing.some((glob) => matchesGlob(glob, path));
};
