import type { ImageFacts, PartitionFact } from "./image-facts.ts";
import type { Problem } from "./problem.ts";

/**
 * What was not looked into, a sentence each. Whoever finds nothing forbidden among the facts has not shown that it is not
 * in one of these.
 */
export const unseenParts = ({ partitionTable, problems }: ImageFacts): readonly string[] => [
  ...unseenPartitions(partitionTable),
  ...problems.map(problemText),
];

/** Partitions in which files may be that were not listed. */
export const unseenPartitions = ({ partitions }: ImageFacts["partitionTable"]): readonly string[] =>
  partitions.flatMap(unseenPartition);

/** Nothing can be kept there as a file. */
const withoutFiles: readonly PartitionFact["fileSystem"]["kind"][] = [
  "empty",
  "swap",
  "verity-hash",
];
/** GRUB's own code for a BIOS: GRUB manual, "BIOS installation". */
const biosBoot = "21686148-6449-6e6f-744e-656564454649";

const unseenPartition = ({ index, typeGuid, fileSystem }: PartitionFact): readonly string[] => {
  const { kind, contents } = fileSystem;
  if (contents.state === "read" || withoutFiles.includes(kind)) return [];
  if (kind === "unknown" && typeGuid.toLowerCase() === biosBoot) return [];
  return [`partition ${index} (${kind}): ${contents.reason}`];
};

const problemText = ({ kind, where, message }: Problem): string => `${where}: ${kind}: ${message}`;
