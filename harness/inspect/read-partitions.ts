import type { HeaderReader } from "../../images/header-reader.ts";
import { type PartitionTable, readPartitionTable } from "../../images/partition-table.ts";
import { renderError } from "../core/errors.ts";
import { type Ext4Volume, openExt4Volume } from "./ext4/ext4-volume.ts";
import { type WalkedTree, walkTree } from "./ext4/walk-tree.ts";
import { headBytes, type IdentifiedFileSystem, identifyFileSystem } from "./file-system.ts";
import type { FileSystemFact, ImageFacts, PartitionFact } from "./image-facts.ts";

/** An ext file system that could be listed. */
export interface ListedVolume extends WalkedTree {
  readonly partition: number;
  readonly volume: Ext4Volume;
}

export interface ReadPartitions {
  readonly fact: ImageFacts["partitionTable"];
  readonly volumes: readonly ListedVolume[];
}

/** @throws {ImageError} IMAGE_UNUSABLE when a GPT is damaged. */
export const readPartitions = async (
  disk: HeaderReader,
  workDir: string,
): Promise<ReadPartitions> => {
  const table = wholeDiskAsPartition(disk, readPartitionTable(disk.path));
  const partitions: PartitionFact[] = [];
  const volumes: ListedVolume[] = [];
  for (const partition of table.partitions) {
    const room = Math.max(0, Math.min(partition.sizeBytes, disk.sizeBytes - partition.startByte));
    const identified = identifyFileSystem(
      disk.read(partition.startByte, Math.min(room, headBytes)),
    );
    const listed = await listVolume(disk, partition.startByte, room, identified, workDir);
    if (listed.tree !== undefined) volumes.push({ partition: partition.index, ...listed.tree });
    partitions.push({ ...partition, fileSystem: { ...identified, contents: listed.contents } });
  }
  return { fact: { scheme: table.scheme, sectorBytes: table.sectorBytes, partitions }, volumes };
};

const wholeDiskAsPartition = (disk: HeaderReader, table: PartitionTable): PartitionTable =>
  table.scheme === "none"
    ? {
        ...table,
        partitions: [
          { index: 0, label: "", typeGuid: "", startByte: 0, sizeBytes: disk.sizeBytes },
        ],
      }
    : table;

const listVolume = async (
  disk: HeaderReader,
  startByte: number,
  sizeBytes: number,
  { kind }: IdentifiedFileSystem,
  workDir: string,
): Promise<{
  readonly contents: FileSystemFact["contents"];
  readonly tree?: WalkedTree & { readonly volume: Ext4Volume };
}> => {
  if (!/^ext[234]$/.test(kind)) {
    return { contents: { state: "unsupported", reason: unsupportedReason(kind) } };
  }
  try {
    const volume = openExt4Volume(disk, { startByte, sizeBytes }, workDir);
    const walked = await walkTree(volume);
    return { contents: { state: "read" }, tree: { ...walked, volume } };
  } catch (error) {
    // A file system that is damaged is a fact; a host without debugfs is not one of the image.
    if ((error as { code?: unknown }).code !== "IMAGE_UNUSABLE") throw error;
    return { contents: { state: "unreadable", reason: renderError(error).split("\n")[0] ?? "" } };
  }
};

const unsupportedReason = (kind: FileSystemFact["kind"]): string => {
  if (kind === "unknown") return "no file system that this version knows";
  if (kind === "empty") return "its first 68 KiB are zeroes";
  if (kind === "luks") return "it is encrypted";
  return `this version lists ext2, ext3 and ext4, not ${kind}`;
};
