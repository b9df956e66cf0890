import { fail, skip } from "../../harness/index.ts";
import {
  type CycleSeen,
  type DisksSeen,
  type NodeSeen,
  releaseAfter,
  type StepName,
} from "./cycle-seen.ts";

/** A step that was made, and the one before it. */
export interface MadeStep {
  readonly name: StepName;
  /** The release that should run. */
  readonly release: "v1" | "v2";
  readonly node: NodeSeen;
  readonly disks: DisksSeen;
}

/**
 * Judges each step that was made, in order; then a step that is missing fails the check that it blames, and skips all others: what was
 * not seen was not tried.
 */
export const judgeSteps = (
  { steps }: Pick<CycleSeen, "steps">,
  aspect: string,
  judge: (step: MadeStep) => void,
): void => {
  for (const step of steps) {
    const { name } = step;
    if (step.kind === "seen") {
      judge({ name, release: releaseAfter[name], node: step.node, disks: step.disks });
      continue;
    }
    const told =
      step.consoleTail.length === 0 ? "" : `; its console ends: ${step.consoleTail.join(" | ")}`;
    if (step.blames.some((blamed) => blamed === aspect))
      fail(`Step ${name}: ${step.reason}${told}`);
    skip(`Step ${name} was not made, as check ${step.blames.join(" and ")} says`);
  }
};

/** Paths at which two sets of digests differ, a line each; of more than `most` (default 10) the first, and how many more. */
export const differences = (
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  most = 10,
): readonly string[] => {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])].toSorted();
  const lines = paths.flatMap((path) => {
    const [should, is] = [wanted.get(path), found.get(path)];
    return should === is ? [] : [`${path}: ${is ?? "nothing"} instead of ${should ?? "nothing"}`];
  });
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most), `and ${lines.length - most} more`];
};
