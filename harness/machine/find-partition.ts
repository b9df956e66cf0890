import type { Partition, PartitionTable } from "../../images/partition-table.ts";
import type { PartitionName } from "../../images/schema.ts";
import { ImageError } from "../core/errors.ts";

/**
 * The partition that a manifest names.
 * @throws {ImageError} IMAGE_UNUSABLE, with what there is, when the disk has no such partition, or two.
 */
export const findPartition = (
  table: PartitionTable,
  name: PartitionName,
  imagePath: string,
): Partition => {
  const [found, second] = table.partitions.filter((partition) => isPartitionNamed(partition, name));
  if (found !== undefined && second === undefined) return found;
  const wanted = "label" in name ? `named ${name.label}` : `number ${name.number}`;
  const seen = table.partitions.map(({ index, label }) => (label ? `${index} (${label})` : index));
  throw new ImageError(
    "IMAGE_UNUSABLE",
    `Expected one partition ${wanted} on the disk in ${imagePath}, but it has ${seen.length === 0 ? "none" : `these: ${seen.join(", ")}`}`,
    { hint: "Correct the partition's name in the manifest" },
  );
};

/** Whether a manifest's name of a partition means this one. */
export const isPartitionNamed = (
  { index, label }: Pick<Partition, "index" | "label">,
  name: PartitionName,
): boolean => ("label" in name ? label === name.label : index === name.number);
