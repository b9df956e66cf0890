import type { DirectoryNode, TreeNode } from "./tree.ts";

const maxDepth = 3;

/**
 * Directories of a volume that look like the upper directory of an overlay: each has one neighbour, which is an overlay's
 * work directory. An overlay needs both in one file system, and none lies below the other (kernel
 * Documentation/filesystems/overlayfs.rst).
 */
export const overlayUppers = (volume: DirectoryNode): readonly string[] => uppersIn(volume, "", 1);

const uppersIn = (directory: DirectoryNode, path: string, depth: number): readonly string[] => {
  const folders = [...directory.entries].flatMap(([name, node]) =>
    node.kind === "directory" && name !== "lost+found" ? [{ name, node }] : [],
  );
  const uppers = folders.filter(({ name, node }) => !isWorkDirectory(name, node));
  const [upper] = uppers;
  const isPair = folders.length === 2 && uppers.length === 1 && upper !== undefined;
  const here = isPair ? [`${path}/${upper.name}`] : [];
  if (here.length > 0 || depth === maxDepth) return here;
  return folders.flatMap(({ name, node }) => uppersIn(node, `${path}/${name}`, depth + 1));
};

/** Before the first mount it is empty and may only have the name; then the kernel makes `work` in it, with no permissions. */
const isWorkDirectory = (name: string, { entries }: DirectoryNode): boolean =>
  entries.size === 0 ? /^\.?work(dir)?$/.test(name) : isKernelsOwn(entries.get("work"));

const isKernelsOwn = (node: TreeNode | undefined): boolean =>
  node?.kind === "directory" && (node.mode & 0o777) === 0;
