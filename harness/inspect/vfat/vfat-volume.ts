import type { HeaderReader } from "../../../images/header-reader.ts";
import { factText } from "../fact-text.ts";
import { bytesOfRuns, type FileBytes } from "../file-bytes.ts";
import type { Problem } from "../problem.ts";
import type { DirectoryNode, TreeNode } from "../tree.ts";
import type { Extent, Volume } from "../volume.ts";
import { type Fat, openFat } from "./fat.ts";
import { type FatEntry, parseFatDirectory } from "./fat-directory.ts";

const maxEntries = 100_000;
const maxDepth = 64;
/** 65,536 entries, which is what Linux takes. */
const maxDirectoryBytes = 2 * 1024 * 1024;

/**
 * Lists a FAT file system; Linux mounts one with the x bits set, so every file counts as executable.
 * @throws {ImageError} IMAGE_UNUSABLE when its first sector states what no FAT has.
 */
export const openVfatVolume = (
  disk: Pick<HeaderReader, "path" | "read">,
  extent: Extent,
): Volume => {
  const fat = openFat(disk, extent);
  const listing = new Listing(fat);
  const root = listing.listAll();
  return {
    root,
    problems: listing.problems,
    needsRecovery: false,
    madeAtSeconds: 0,
    open: async (files) =>
      new Map(
        files.flatMap(({ inode }): readonly (readonly [number, FileBytes])[] => {
          const bytes = listing.bytesOf(inode);
          return bytes === undefined ? [] : [[inode, bytes]];
        }),
      ),
  };
};

interface OpenDirectory {
  readonly path: string;
  readonly depth: number;
  readonly bytes: Buffer;
  readonly entries: Map<string, TreeNode>;
}

class Listing {
  readonly problems: Problem[] = [];
  readonly #fat: Fat;
  readonly #files: FatEntry[] = [];
  /** First clusters of directories: a chain of them can be a loop. */
  readonly #seen = new Set<number>();
  #entryCount = 0;

  constructor(fat: Fat) {
    this.#fat = fat;
  }

  listAll(): DirectoryNode {
    const entries = new Map<string, TreeNode>();
    const bytes = this.#fat.readRoot(maxDirectoryBytes);
    if (bytes === undefined) this.#tell("corrupt-directory", "/", "its clusters make no sense");
    const waiting: OpenDirectory[] = [
      { path: "", depth: 0, bytes: bytes ?? Buffer.alloc(0), entries },
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      waiting.push(...this.#fill(next));
    }
    return directoryNode(0, entries);
  }

  bytesOf(inode: number): FileBytes | undefined {
    const entry = this.#files[inode - 1];
    if (entry === undefined) return undefined;
    const clusters = this.#fat.chain(
      entry.cluster,
      Math.ceil(entry.sizeBytes / this.#fat.clusterBytes),
    );
    if (clusters === undefined) return undefined;
    const runs = clusters.map((cluster, index) => ({
      firstBlock: index,
      volumeBlock: cluster - 2,
      blocks: 1,
    }));
    return bytesOfRuns(this.#fat.data, entry.sizeBytes, runs);
  }

  /** Puts entries into a directory; returns the directories among them. */
  #fill(directory: OpenDirectory): readonly OpenDirectory[] {
    const { entries, problem } = parseFatDirectory(directory.bytes);
    if (problem !== undefined) this.#tell("corrupt-directory", directory.path, problem);
    return entries.flatMap((entry) => this.#place(directory, entry));
  }

  #place(directory: OpenDirectory, entry: FatEntry): readonly OpenDirectory[] {
    const path = `${directory.path}/${entry.name}`;
    this.#entryCount += 1;
    if (this.#entryCount > maxEntries) {
      if (this.#entryCount === maxEntries + 1)
        this.#tell("too-large", path, `more than ${maxEntries} entries: the rest is not listed`);
      return [];
    }
    if (directory.entries.has(entry.name)) {
      this.#tell("duplicate-name", path, "the directory has this name twice");
      return [];
    }
    const inode = this.#files.push(entry);
    if (entry.kind === "file") {
      directory.entries.set(entry.name, fileNode(inode, entry.sizeBytes));
      return [];
    }
    const entries = new Map<string, TreeNode>();
    directory.entries.set(entry.name, directoryNode(inode, entries));
    const bytes = this.#readDirectory(entry, path, directory.depth + 1);
    return bytes === undefined ? [] : [{ path, depth: directory.depth + 1, bytes, entries }];
  }

  #readDirectory({ cluster }: FatEntry, path: string, depth: number): Buffer | undefined {
    if (depth > maxDepth) {
      this.#tell("too-deep", path, `deeper than ${maxDepth}`);
      return undefined;
    }
    if (this.#seen.has(cluster)) {
      this.#tell("directory-loop", path, `cluster ${cluster} is two directories`);
      return undefined;
    }
    this.#seen.add(cluster);
    const bytes = this.#fat.readChain(cluster, maxDirectoryBytes);
    if (bytes === undefined) this.#tell("corrupt-directory", path, "its clusters make no sense");
    return bytes;
  }

  #tell(kind: Problem["kind"], path: string, message: string): void {
    this.problems.push({ kind, where: factText(path === "" ? "/" : path), message });
  }
}

const ownedByRoot = { mode: 0o755, uid: 0, gid: 0 } as const;

const fileNode = (inode: number, sizeBytes: number): TreeNode => ({
  kind: "file",
  inode,
  ...ownedByRoot,
  sizeBytes,
});

const directoryNode = (inode: number, entries: Map<string, TreeNode>): DirectoryNode => ({
  kind: "directory",
  inode,
  ...ownedByRoot,
  sizeBytes: 0,
  entries,
});
