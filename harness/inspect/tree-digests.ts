import { createHash } from "node:crypto";
import { type FileBytes, wholePieces } from "./file-bytes.ts";
import { type DirectoryNode, entriesBelow, type FileNode, type TreeNode } from "./tree.ts";
import type { Volume } from "./volume.ts";

/** What stands at each path: its kind, owner, permissions, and a digest of its content. Two that are equal are the same to all programs. */
export type TreeDigests = ReadonlyMap<string, string>;

/**
 * Digests of all entries below a directory of a volume. What cannot be read says so in place of its digest.
 * @param isLeftOut keeps a path closed, with all below it.
 */
export const treeDigests = async (
  volume: Pick<Volume, "open">,
  root: DirectoryNode,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<TreeDigests> => {
  const entries = entriesBelow(root, "", isLeftOut);
  const files = new Map(
    entries.flatMap(({ node }) =>
      node.kind === "file" && node.sizeBytes > 0 ? [[node.inode, node] as const] : [],
    ),
  );
  const contents = await volume.open([...files.values()]);
  const known = new Map<FileNode, string>();
  const digestOf = (node: FileNode): string => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const digest = contentDigest(node, contents.get(node.inode));
    known.set(node, digest);
    return digest;
  };
  return new Map(entries.map(({ path, node }) => [path, describe(node, digestOf)]));
};

const describe = (node: TreeNode, digestOf: (file: FileNode) => string): string => {
  const { kind, mode, uid, gid } = node;
  const facts = `${kind} ${mode.toString(8).padStart(4, "0")} ${uid}:${gid}`;
  if (node.kind === "link") return `link ${node.target ?? "unreadable"}`;
  if (node.kind !== "file") return facts;
  const capability = node.isCapable === true ? " with capabilities" : "";
  return `${facts} ${node.sizeBytes} ${digestOf(node)}${capability}`;
};

const contentDigest = ({ sizeBytes }: FileNode, bytes: FileBytes | undefined): string => {
  const hash = createHash("sha256");
  if (sizeBytes === 0) return hash.digest("hex");
  if (bytes === undefined) return "unreadable";
  for (const piece of wholePieces(bytes)) hash.update(piece);
  return hash.digest("hex");
};
