import { MiB } from "../core/units.ts";
import { factText } from "./fact-text.ts";
import { type FileBytes, wholeBytes } from "./file-bytes.ts";
import type { Problem } from "./problem.ts";
import { type Resolved, type ResolveOptions, resolvePath } from "./resolve-path.ts";
import { type DirectoryNode, entriesBelow, type FileNode, type TreeEntry } from "./tree.ts";

/** The inspected root with the contents of its files. Paths and texts are bytes as latin1. */
export interface ImageView {
  readonly root: DirectoryNode;
  /** Of an OSTree deployment, what it sees below /sysroot stands at the end. */
  readonly entries: readonly TreeEntry[];
  /** Each file once, under the first of its paths. */
  readonly files: readonly FoundFile[];
  readonly problems: Problem[];
  resolve(path: string, options?: ResolveOptions): Resolved;
  bytesOf(file: FileNode): FileBytes | undefined;
  /** A file's text through links; undefined when it is no file, or too large (default 1 MiB). */
  textOf(path: string, maxBytes?: number): string | undefined;
  /** What stands in a directory, by its real path; nothing when there is none. */
  childrenOf(path: string): readonly TreeEntry[];
}

export interface FoundFile {
  readonly path: string;
  readonly node: FileNode;
}

const systemRoot = "/sysroot";
/** Of all texts together, so that many large ones cannot keep us for hours. */
const maxTextBytes = 512 * MiB;

export const viewImage = (
  root: DirectoryNode,
  contents: ReadonlyMap<number, FileBytes>,
  deploymentPath: string,
): ImageView => {
  const isDeployment = deploymentPath !== "/";
  const entries = [
    ...entriesBelow(root, "", (path) => isDeployment && path === systemRoot),
    ...(isDeployment ? entriesOfVolume(root, deploymentPath) : []),
  ];
  const seen = new Set<FileNode>();
  const files = entries.flatMap(({ path, node }) => {
    if (node.kind !== "file" || seen.has(node)) return [];
    seen.add(node);
    return [{ path, node }];
  });
  const problems: Problem[] = [];
  let textBytes = 0;
  const bytesOf = (file: FileNode): FileBytes | undefined => contents.get(file.inode);
  return {
    root,
    entries,
    files,
    problems,
    resolve: (path, options) => resolvePath(root, path, options),
    bytesOf,
    textOf: (path, maxBytes = MiB) => {
      const found = resolvePath(root, path);
      if (found.kind !== "found" || found.node.kind !== "file") return undefined;
      const { sizeBytes } = found.node;
      if (sizeBytes === 0) return "";
      if (sizeBytes > maxBytes || textBytes + sizeBytes > maxTextBytes) {
        problems.push({
          kind: "too-large",
          where: factText(found.path),
          message: "it is not read",
        });
        return undefined;
      }
      textBytes += sizeBytes;
      const bytes = bytesOf(found.node);
      return bytes === undefined ? undefined : wholeBytes(bytes).toString("latin1");
    },
    childrenOf: (path) => {
      const found = resolvePath(root, path);
      if (found.kind !== "found" || found.node.kind !== "directory") return [];
      const prefix = found.path === "/" ? "" : found.path;
      return [...found.node.entries]
        .map(([name, node]) => ({ path: `${prefix}/${name}`, node }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
};

const entriesOfVolume = (root: DirectoryNode, deploymentPath: string): readonly TreeEntry[] => {
  const volume = root.entries.get(systemRoot.slice(1));
  if (volume?.kind !== "directory") return [];
  const itself = `${systemRoot}${deploymentPath}`;
  return entriesBelow(volume, systemRoot, (path) => path === itself);
};
