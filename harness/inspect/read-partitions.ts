import type { HeaderReader } from "../../images/header-reader.ts";
import { type PartitionTable, readPartitionTable } from "../../images/partition-table.ts";
import { renderError } from "../core/errors.ts";
import { openExt4Volume } from "./ext4/ext4-volume.ts";
import { openFiles } from "./ext4/file-contents.ts";
import { walkTree } from "./ext4/walk-tree.ts";
import { headBytes, type IdentifiedFileSystem, identifyFileSystem } from "./file-system.ts";
import type { FileSystemFact, ImageFacts, PartitionFact } from "./image-facts.ts";
import { openVfatVolume } from "./vfat/vfat-volume.ts";
import type { Extent, Volume } from "./volume.ts";

/** A file system that could be listed, and where. */
export interface ListedVolume extends Volume {
  readonly partition: number;
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
    const extent = { startByte: partition.startByte, sizeBytes: room };
    const { contents, volume } = await listVolume(disk, extent, identified, workDir);
    if (volume !== undefined) volumes.push({ partition: partition.index, ...volume });
    partitions.push({ ...partition, fileSystem: { ...identified, contents } });
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
  extent: Extent,
  { kind }: IdentifiedFileSystem,
  workDir: string,
): Promise<{ readonly contents: FileSystemFact["contents"]; readonly volume?: Volume }> => {
  try {
    const volume = await openVolume(disk, extent, kind, workDir);
    return volume === undefined
      ? { contents: { state: "unsupported", reason: unsupportedReason(kind) } }
      : { contents: { state: "read" }, volume };
  } catch (error) {
    // A file system that is damaged is a fact; a host without debugfs is not one of the image.
    if ((error as { code?: unknown }).code !== "IMAGE_UNUSABLE") throw error;
    return { contents: { state: "unreadable", reason: renderError(error).split("\n")[0] ?? "" } };
  }
};

const openVolume = async (
  disk: HeaderReader,
  extent: Extent,
  kind: FileSystemFact["kind"],
  workDir: string,
): Promise<Volume | undefined> => {
  if (kind === "vfat") return openVfatVolume(disk, extent);
  if (!/^ext[234]$/.test(kind)) return undefined;
  const ext4 = openExt4Volume(disk, extent, workDir);
  const walked = await walkTree(ext4);
  return { ...ext4, ...walked, open: (files) => openFiles(ext4, files) };
};

const unsupportedReason = (kind: FileSystemFact["kind"]): string => {
  if (kind === "unknown") return "no file system that this version knows";
  if (kind === "empty") return "its first 68 KiB are zeroes";
  if (kind === "luks") return "it is encrypted";
  return `this version lists ext2, ext3, ext4 and vfat, not ${kind}`;
};
