// A root file system as an archive that is edited without unpacking it: ownership and attributes stay, and nobody needs root.
import { closeSync, openSync, writeSync } from "node:fs";
import { posix } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { MiB } from "../../harness/core/units.ts";
import type { Ext4Edit } from "../builder/ext4-edit.ts";
import { type FileReader, openReader } from "./file-reader.ts";
import { noContent, padded, readTar, sizeOf, type TreeNode, tarHeader } from "./tar-entries.ts";

export interface TarTree extends Disposable {
  /** As with `openExt4`, paths are absolute and not resolved through links; `remove` takes a directory with all in it. */
  readonly files: Ext4Edit;
  /** Writes the tree as it is now; every time of it is `mtime`, in seconds. */
  save(path: string, mtime: number): void;
}

type Nodes = Map<string, TreeNode>;

/** @throws {ImageError} IMAGE_BUILD for an archive that `readTar` does not take. */
export const openTarTree = (path: string): TarTree => {
  const archive = openReader(path);
  const nodes = nodesOf(archive);
  return {
    files: editNodes(nodes, archive),
    save: (output, mtime) => {
      saveNodes(nodes, archive, output, mtime);
    },
    [Symbol.dispose]: () => {
      archive[Symbol.dispose]();
    },
  };
};

const nodesOf = (archive: FileReader): Nodes => {
  const nodes: Nodes = new Map();
  for (const { path, node } of readTar(archive)) {
    nodes.set(path, node.kind === "link" ? nodeAt(nodes, node.to) : node);
  }
  return nodes;
};

const nodeAt = (nodes: Nodes, path: string): TreeNode => {
  const node = nodes.get(path);
  if (node !== undefined) return node;
  throw new ImageError("IMAGE_BUILD", `The root has no ${path}`, {
    hint: "Bring the change in line with the image's recipe",
  });
};

const editNodes = (nodes: Nodes, archive: FileReader): Ext4Edit => {
  const readBytes = async (path: string): Promise<Buffer> => {
    const { content } = nodeAt(nodes, path);
    return content.kind === "bytes"
      ? Buffer.from(content.bytes)
      : archive.read(content.offset, content.sizeBytes);
  };
  const put = (path: string, node: TreeNode): void => {
    for (let parent = posix.dirname(path); !nodes.has(parent); parent = posix.dirname(parent))
      nodes.set(parent, { ...ofRoot, kind: "directory", mode: 0o755 });
    nodes.set(path, node);
  };
  /** All names of a file have the change. */
  const change = (path: string, changed: Partial<TreeNode>): void => {
    const before = nodeAt(nodes, path);
    const after = { ...before, ...changed };
    for (const [name, node] of nodes) if (node === before) nodes.set(name, after);
  };
  return {
    readBytes,
    read: async (path) => (await readBytes(path)).toString("utf8"),
    write: async (path, content, mode) => {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      put(path, { ...ofRoot, kind: "file", mode, content: { kind: "bytes", bytes } });
    },
    setMode: async (path, mode) => {
      change(path, { mode });
    },
    setAttribute: async (path, name, value) => {
      const attributes = new Map([...nodeAt(nodes, path).attributes, [name, value]]);
      change(path, { attributes });
    },
    remove: async (path) => {
      nodeAt(nodes, path);
      for (const name of nodes.keys())
        if (name === path || name.startsWith(`${path}/`)) nodes.delete(name);
    },
    symlink: async (path, target) => {
      put(path, { ...ofRoot, kind: "symlink", mode: 0o777, target });
    },
    list: async (path) => {
      nodeAt(nodes, path);
      return [...nodes.keys()].flatMap((name) =>
        name !== "/" && posix.dirname(name) === path ? [posix.basename(name)] : [],
      );
    },
    makeImmutable: async (path) => {
      throw new ImageError("IMAGE_BUILD", `${path}: a sealed root is immutable as it is`);
    },
  };
};

const ofRoot = { uid: 0, gid: 0, content: noContent, attributes: new Map<string, Uint8Array>() };

const saveNodes = (nodes: Nodes, archive: FileReader, path: string, mtime: number): void => {
  const output = openSync(path, "wx");
  try {
    const firstNames = new Map<TreeNode, string>();
    for (const [name, node] of [...nodes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const first = firstNames.get(node);
      if (first !== undefined) {
        writeSync(
          output,
          tarHeader({ path: name, node: { ...node, kind: "link", to: first } }, mtime),
        );
        continue;
      }
      if (node.kind === "file") firstNames.set(node, name);
      writeSync(output, tarHeader({ path: name, node }, mtime));
      writeContent(output, node, archive);
    }
    writeSync(output, Buffer.alloc(1024));
  } finally {
    closeSync(output);
  }
};

const writeContent = (output: number, { content }: TreeNode, archive: FileReader): void => {
  if (content.kind === "bytes") {
    writeSync(output, padded(content.bytes));
    return;
  }
  for (let done = 0; done < sizeOf(content); ) {
    const length = Math.min(4 * MiB, content.sizeBytes - done);
    // Only the last piece is no whole number of blocks.
    writeSync(output, padded(archive.read(content.offset + done, length)));
    done += length;
  }
};
