/** The files of an image as they lie on its disk. Names are bytes, kept as latin1; hard links share one node. */
export type TreeNode = FileNode | LinkNode | DirectoryNode | SpecialNode;

export interface FileNode extends NodeFacts {
  readonly kind: "file";
  /** It has capabilities: capabilities(7). */
  readonly isCapable?: boolean;
}

export interface LinkNode extends NodeFacts {
  readonly kind: "link";
  /** undefined: it could not be read. */
  readonly target: string | undefined;
}

export interface DirectoryNode extends NodeFacts {
  readonly kind: "directory";
  readonly entries: ReadonlyMap<string, TreeNode>;
}

interface SpecialNode extends NodeFacts {
  readonly kind: "character-device" | "block-device" | "fifo" | "socket";
}

interface NodeFacts {
  readonly inode: number;
  /** The 12 permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
}

export interface TreeEntry {
  /** Absolute in the inspected root, as latin1. */
  readonly path: string;
  readonly node: TreeNode;
}

/** Every entry below a directory, parents first, by name; `isLeftOut` keeps a directory closed. */
export const entriesBelow = (
  root: DirectoryNode,
  prefix = "",
  isLeftOut: (path: string) => boolean = () => false,
): readonly TreeEntry[] => {
  const found: TreeEntry[] = [];
  const waiting: { readonly prefix: string; readonly node: DirectoryNode }[] = [
    { prefix, node: root },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const directories: { readonly prefix: string; readonly node: DirectoryNode }[] = [];
    for (const name of [...next.node.entries.keys()].toSorted(byBytes)) {
      const node = next.node.entries.get(name);
      const path = `${next.prefix}/${name}`;
      if (node === undefined || isLeftOut(path)) continue;
      found.push({ path, node });
      if (node.kind === "directory") directories.push({ prefix: path, node });
    }
    for (const directory of directories.toReversed()) waiting.push(directory);
  }
  return found;
};

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
