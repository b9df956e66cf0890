// An OSTree system that GRUB boots from an ext4 partition of its own, as `reference`. GRUB reads that partition as it
// lies, without its journal; the kernel then mounts the root, with it. So what starts is told by the one, and whether it is
// whole by the other.
import type { Partition } from "../../../images/partition-table.ts";
import { printable } from "../../core/printable.ts";
import type { DiskView, LookedAt } from "../disk-view.ts";
import type { Judgement, Oracle } from "../oracle.ts";
import { isSound, type Replayed } from "../replay.ts";
import { type DeploymentFacts, deploymentFacts } from "./deployment-facts.ts";
import { type SeenBoot, type SeenEntry, seenByGrub } from "./grub-menu.ts";
import type { OstreeRelease } from "./ostree-release.ts";
import { tableProblems } from "./partition-table.ts";

export interface OstreeOracleOptions {
  readonly old: OstreeRelease;
  readonly new: OstreeRelease;
  /** Labels of the partitions. Default `boot` and `root`. */
  readonly boot?: string;
  readonly root?: string;

  /** What the image's grub.cfg reads: the first of these files that is there. Default `/loader/syslinux.cfg`. */
  readonly menus?: readonly string[];
  /** Files that are kept over releases, by path as in `/etc/hostname`, with the sha256 of their content. Default none. */
  readonly keptEtc?: Readonly<Record<string, string>>;
  /** Defaults that the node's owner took away, as in `/etc/motd`. Default none. */
  readonly deletedEtc?: readonly string[];
}

export const ostreeBootOracle = (options: OstreeOracleOptions): Oracle => ({
  name: "ostree",
  judge: async (view) => {
    const boot = partitionOf(view, options.boot ?? "boot");
    const root = partitionOf(view, options.root ?? "root");
    if (boot === undefined || root === undefined) {
      return { outcome: "no partition", isWhole: "neither", problems: ["boot or root is missing"] };
    }
    const seen = await view.memoised("grub", [boot], () => seenByGrub(view, boot, options.menus));
    const bootProblems = await view.memoised("boot fsck", [boot], () =>
      view.kernelVolume(boot, (_, check) => checkProblems("boot", check)),
    );
    const facts = await view.memoised("deployments", [root], () =>
      view.kernelVolume(root, (looked, check) => factsOf(looked, check, options)),
    );
    const problems = [
      ...tableProblems(view, { shipped: options.old.table }),
      ...(bootProblems ?? ["the boot partition has no ext4 file system"]),
      ...(facts?.problems ?? ["the root partition has no ext4 file system"]),
    ];
    return judged(seen, facts?.deployments ?? {}, options, problems);
  },
});

const factsOf = (
  looked: LookedAt,
  check: Replayed,
  { keptEtc = {}, deletedEtc = [] }: OstreeOracleOptions,
): DeploymentFacts => {
  const facts = deploymentFacts(looked, { kept: Object.keys(keptEtc), deleted: deletedEtc });
  return { ...facts, problems: [...checkProblems("root", check), ...facts.problems] };
};

const checkProblems = (name: string, check: Replayed): readonly string[] =>
  isSound(check) ? [] : [`e2fsck of the ${name} partition: ${check.said}`];

const partitionOf = (view: DiskView, label: string): Partition | undefined =>
  view.partitions.find((one) => one.label === label);

const judged = (
  { chosen, others, problem }: SeenBoot,
  deployments: DeploymentFacts["deployments"],
  options: OstreeOracleOptions,
  problems: readonly string[],
): Judgement => {
  if (chosen === undefined) {
    const outcome = problem ?? "no entry";
    return { outcome, isWhole: "neither", problems: [...problems, outcome] };
  }
  const [first, ...rest] = [chosen, ...others].map((entry) =>
    entryVerdict(entry, deployments, options),
  );
  const outcome = `${first?.outcome}, then ${rest.map((one) => one.outcome).join(", ") || "nothing"}`;
  if (first?.release !== undefined) return { outcome, isWhole: first.release, problems };
  const isDead = rest.every(({ release }) => release === undefined);
  const faults = [...(first?.faults ?? []), ...(isDead ? ["no entry boots"] : [])];
  return { outcome, isWhole: "neither", problems: [...problems, ...faults] };
};

interface EntryVerdict {
  /** That it boots, whole. */
  readonly release: "old" | "new" | undefined;
  readonly outcome: string;
  readonly faults: readonly string[];
}

const entryVerdict = (
  { kernel, initrd, ostree }: SeenEntry,
  deployments: DeploymentFacts["deployments"],
  options: OstreeOracleOptions,
): EntryVerdict => {
  const deployment = deployments[ostree];
  const name = (["old", "new"] as const).find((one) => options[one].commit === deployment?.commit);
  if (deployment === undefined || name === undefined) {
    const fault = deployment === undefined ? "no deployment" : "a deployment of neither release";
    const faults = [`${printable(ostree, 200)} leads to ${fault}`];
    return { release: undefined, outcome: `entry of ${fault}`, faults };
  }
  const expected = options[name];
  const faults = [
    ...isOther("kernel", kernel, expected.kernel),
    ...isOther("initrd", initrd, expected.initrd),
    ...isOther("tree", deployment.tree, expected.tree),
    ...deployment.etcProblems,
    ...Object.entries(options.keptEtc ?? {}).flatMap(([path, digest]) =>
      isOther(path, deployment.etc[path], digest),
    ),
  ];
  const isWhole = faults.length === 0;
  return {
    release: isWhole ? name : undefined,
    outcome: isWhole ? name : `broken ${name}`,
    faults: faults.map((fault) => `entry of the ${name} release: ${fault}`),
  };
};

const isOther = (what: string, seen: string | undefined, expected: string): readonly string[] =>
  seen === expected
    ? []
    : [seen === undefined ? `${what} cannot be read` : `${what} is not the release's`];
