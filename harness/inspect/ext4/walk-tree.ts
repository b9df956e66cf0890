import { ImageError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { factText } from "../fact-text.ts";
import type { Problem } from "../problem.ts";
import type { DirectoryNode, TreeNode } from "../tree.ts";
import { askDebugfs } from "./debugfs.ts";
import type { Ext4Volume } from "./ext4-volume.ts";
import { openFiles } from "./file-contents.ts";
import { type Inode, readInodes } from "./inode.ts";
import { type ListedEntry, type Listing, listCommand, parseListings } from "./listing.ts";

export interface WalkedTree {
  readonly root: DirectoryNode;
  readonly problems: readonly Problem[];
}

type Kind = TreeNode["kind"];
type Mutable<Node> = { -readonly [Key in keyof Node]: Node[Key] };
interface OpenNode extends Mutable<Omit<DirectoryNode, "kind" | "entries">> {
  kind: Kind;
  target?: string | undefined;
  isCapable?: boolean;
  entries: Map<string, OpenNode>;
}
interface OpenDirectory {
  readonly path: string;
  readonly node: OpenNode;
}

/** About 200 MB of memory. */
const maxEntries = 500_000;
const maxDepth = 256;
const rootInode = 2;
/** A longer target is not a path that Linux takes (PATH_MAX). */
const maxTargetBytes = 4096;
const shortTargetBytes = 60;

/** By the type bits of st_mode, which lie above the 12 permission bits: inode(7). */
const kinds: ReadonlyMap<number, Kind> = new Map([
  [0o01, "fifo"],
  [0o02, "character-device"],
  [0o04, "directory"],
  [0o06, "block-device"],
  [0o10, "file"],
  [0o12, "link"],
  [0o14, "socket"],
]);

/**
 * Lists a whole volume, one level of directories at a time.
 * @throws {ImageError} IMAGE_UNUSABLE when its root cannot be listed, or it has more entries than can be held.
 */
export const walkTree = async (volume: Ext4Volume): Promise<WalkedTree> => {
  const walk = new Walk(volume);
  await walk.listAll();
  await walk.readTargets();
  return { root: walk.root as DirectoryNode, problems: walk.problems };
};

class Walk {
  readonly root: OpenNode = directoryNode(rootInode);
  readonly problems: Problem[] = [];
  readonly #volume: Ext4Volume;
  readonly #nodes = new Map<number, OpenNode>([[rootInode, this.root]]);
  readonly #paths = new Map<OpenNode, string>();
  #entryCount = 0;

  constructor(volume: Ext4Volume) {
    this.#volume = volume;
  }

  async listAll(): Promise<void> {
    let level: readonly OpenDirectory[] = [{ path: "", node: this.root }];
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth >= maxDepth) {
        for (const { path } of level) this.#tell("too-deep", path, `deeper than ${maxDepth}`);
        return;
      }
      level = await this.#listLevel(level);
    }
  }

  async #listLevel(level: readonly OpenDirectory[]): Promise<readonly OpenDirectory[]> {
    const commands = level.map(({ node }) => listCommand(node.inode));
    const listings = await askDebugfs(this.#volume.run, commands, parseListings, 500);
    return level.flatMap((directory, index) => this.#fill(directory, listings[index]));
  }

  /** Puts entries into a directory; returns the directories among them. */
  #fill(directory: OpenDirectory, listing: Listing | undefined): readonly OpenDirectory[] {
    if (listing === undefined && directory.node === this.root) throw unreadableRoot();
    const why =
      listing === undefined ? "its list of entries makes no sense" : listing.complaints[0];
    if (why !== undefined) this.#tell("corrupt-directory", directory.path, printable(why, 200));
    return (listing?.entries ?? []).flatMap((entry) => {
      const node = this.#place(entry, directory);
      return node?.kind === "directory" ? [{ path: `${directory.path}/${entry.name}`, node }] : [];
    });
  }

  /** Returns the node when it is a new one. */
  #place(
    entry: ListedEntry,
    { node: directory, path: parent }: OpenDirectory,
  ): OpenNode | undefined {
    const path = `${parent}/${entry.name}`;
    const known = this.#nodes.get(entry.inode);
    const kind = kinds.get(entry.mode >> 12);
    if (kind === undefined) {
      this.#tell("corrupt-directory", path, `inode ${entry.inode} has no known type`);
      return undefined;
    }
    if (known?.kind === "directory") {
      this.#tell("directory-loop", path, `directory inode ${entry.inode} stands in two places`);
      return undefined;
    }
    if (directory.entries.has(entry.name)) {
      this.#tell("duplicate-name", path, "the directory has this name twice");
      return undefined;
    }
    this.#count();
    const node = known ?? nodeOf(entry, kind);
    directory.entries.set(entry.name, node);
    if (known !== undefined) return undefined;
    this.#nodes.set(entry.inode, node);
    this.#paths.set(node, path);
    return node;
  }

  #count(): void {
    this.#entryCount += 1;
    if (this.#entryCount > maxEntries) {
      throw new ImageError(
        "IMAGE_UNUSABLE",
        `Expected at most ${maxEntries} files and directories in a file system, but found more`,
        { hint: "Is it the system disk, and not a data disk?" },
      );
    }
  }

  /** Targets of links, and of programs capabilities and the whole owner, of which a listing has 16 bits. */
  async readTargets(): Promise<void> {
    const links = [...this.#nodes.values()].filter(({ kind }) => kind === "link");
    const programs = [...this.#nodes.values()].filter(
      ({ kind, mode }) => kind === "file" && (mode & 0o6111) !== 0,
    );
    const numbers = [...links, ...programs].map(({ inode }) => inode);
    const inodes = await readInodes(this.#volume, numbers);
    for (const node of programs) Object.assign(node, programFacts(inodes.get(node.inode)));
    const long = links.filter(
      ({ sizeBytes }) => sizeBytes >= shortTargetBytes && sizeBytes <= maxTargetBytes,
    );
    const contents = await openFiles(this.#volume, long);
    for (const node of links) {
      const { inode, sizeBytes } = node;
      const bytes =
        sizeBytes < shortTargetBytes
          ? inodes.get(inode)?.block.subarray(0, sizeBytes)
          : contents.get(inode)?.read(0, sizeBytes);
      if (bytes?.length === sizeBytes && sizeBytes > 0) node.target = bytes.toString("latin1");
      else this.#tell("unreadable-link", this.#paths.get(node) ?? "", "its target cannot be read");
    }
  }

  #tell(kind: Problem["kind"], path: string, message: string): void {
    this.problems.push({ kind, where: factText(path === "" ? "/" : path), message });
  }
}

const programFacts = (inode: Inode | undefined): Partial<OpenNode> => {
  if (inode === undefined) return {};
  const { uid, gid, isCapable } = inode;
  return { uid, gid, ...(isCapable ? { isCapable } : {}) };
};

/** Shared by all that is no directory. */
const noEntries: Map<string, OpenNode> = new Map();

const directoryNode = (inode: number): OpenNode => ({
  kind: "directory",
  inode,
  mode: 0o755,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  entries: new Map(),
});

const nodeOf = ({ inode, mode, uid, gid, sizeBytes }: ListedEntry, kind: Kind): OpenNode => ({
  inode,
  kind,
  entries: kind === "directory" ? new Map() : noEntries,
  mode: mode & 0o7777,
  uid,
  gid,
  sizeBytes,
});

const unreadableRoot = (): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    "Expected a file system, but its root directory cannot be listed",
    {
      hint: "Copy or build the image again; e2fsck -n tells more",
    },
  );
