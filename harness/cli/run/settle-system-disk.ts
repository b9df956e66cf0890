import type { ImageManifest, StatedManifest } from "../../../images/schema.ts";
import { ImageError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";
import { candidateRoots } from "./candidate-roots.ts";

const maxTold = 8;

/**
 * The system disk with its root partition, which is looked for where the manifest says `detect`.
 * @throws {ImageError} IMAGE_UNUSABLE, with what was found, when there is not exactly one root in a partition.
 */
export const settleSystemDisk = (
  { name, systemDisk }: Pick<StatedManifest, "name" | "systemDisk">,
  disk: IdentifiedDisk,
): ImageManifest["systemDisk"] => {
  if (systemDisk === "none") return "none";
  const { readOnly, rootPartition } = systemDisk;
  if (rootPartition !== "detect") return { readOnly, rootPartition };
  const roots = candidateRoots(disk);
  const [root, second] = roots;
  if (root === undefined) throw notOne(name, "found none", disk.unread);
  if (second !== undefined) {
    throw notOne(name, `found ${roots.length}: ${tellPartitions(roots, disk)}`);
  }
  if (root.partition === 0) throw notOne(name, "its disk has no partitions");
  return { readOnly, rootPartition: { number: root.partition } };
};

/** As in "partitions 2 (root), 3", at most eight of them. */
export const tellPartitions = (
  systems: readonly SystemIdentity[],
  { partitions }: IdentifiedDisk,
): string => {
  const places = systems.slice(0, maxTold).map(({ partition }) => {
    const label = partitions.find(({ index }) => index === partition)?.label ?? "";
    return label === "" ? `${partition}` : `${partition} (${label})`;
  });
  return `partitions ${places.join(", ")}`;
};

const notOne = (image: string, seen: string, unread: readonly string[] = []): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    printable(
      `Expected one partition with the root of an operating system in ${image}, but ${[seen, ...unread.slice(0, maxTold)].join("; ")}`,
    ),
    { hint: "State systemDisk.rootPartition in the manifest: a label, a number, or none" },
  );
