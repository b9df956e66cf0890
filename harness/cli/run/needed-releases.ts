import { basename } from "node:path";

/** What a suite file needs, so that nothing is built for checks that nobody asks for. */
interface Needed {
  /** How the ids of its checks go on after the suite's name. */
  readonly checks: RegExp;
  /** Releases beside `v1`. Absent: all that there are. */
  readonly releases?: readonly string[];
}

/** By the file's name; others need all. */
const neededBy: Readonly<Record<string, Needed>> = {
  "automatic.upgrade.suite.ts": { checks: /^automatic\// },
  "cycle.upgrade.suite.ts": { checks: /^(ostree|ab|replace-disk|command)\//, releases: ["v2"] },
  "downgrade.upgrade.suite.ts": {
    checks: /^downgrade\/|^refused\/[^/]+\/older$/,
    releases: ["v2", "v3"],
  },
  "power-cut.upgrade.suite.ts": { checks: /^power-cut\//, releases: ["v2"] },
  "refused.upgrade.suite.ts": {
    checks: /^refused\/[^/]+\/(?!older$)/,
    releases: ["v2", "foreign", "too-large"],
  },
};

/**
 * The releases that a suite file works with.
 * @param all those that there are.
 * @param trialsOf globs of the checks that are asked for; undefined: all.
 */
export const neededFor = (
  suiteFile: string,
  all: readonly string[],
  trialsOf: readonly string[] | undefined,
): readonly string[] => {
  const { checks, releases = all } = neededBy[basename(suiteFile)] ?? {};
  const ids = trialsOf?.map((id) => id.replace(/^upgrade-rollback\//, ""));
  const isWanted = checks === undefined || (ids?.some((id) => checks.test(id)) ?? true);
  return isWanted ? releases : [];
};
