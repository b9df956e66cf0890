import type { FileBytes } from "./file-bytes.ts";
import type { Problem } from "./problem.ts";
import type { DirectoryNode } from "./tree.ts";

/** A file system that could be listed. */
export interface Volume {
  readonly root: DirectoryNode;
  readonly problems: readonly Problem[];
  /** Its journal has changes that reading leaves out. */
  readonly needsRecovery: boolean;
  /** When it was made, in seconds since 1970; 0 when it does not say. */
  readonly madeAtSeconds: number;
  /** What is taken of it, by its own count; absent where it keeps none. */
  readonly usedBytes?: () => number;
  /** How to read each of these files; one that is missing from the result cannot be read. */
  open(files: readonly SizedInode[]): Promise<ReadonlyMap<number, FileBytes>>;
}

/** Inode numbers with the sizes that the directories state. */
export interface SizedInode {
  readonly inode: number;
  readonly sizeBytes: number;
}

/** Where a volume lies in a raw disk. */
export interface Extent {
  readonly startByte: number;
  readonly sizeBytes: number;
}
