import { bytesOfBuffer, type FileBytes } from "../file-bytes.ts";
import type { DirectoryNode, TreeNode } from "../tree.ts";

/** The kernel's limit for a path, and more than any initrd has. */
const maxNameBytes = 4096;
const maxEntries = 200_000;
const headerBytes = 110;
const end = "TRAILER!!!";

export const isCpio = (bytes: Buffer): boolean => /^07070[12]/.test(bytes.toString("latin1", 0, 6));

interface OpenDirectory {
  readonly entries: Map<string, TreeNode>;
  readonly node: DirectoryNode;
}

interface Header {
  readonly inode: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly sizeBytes: number;
  readonly nameBytes: number;
}

/** The files of an initramfs, from one or more "newc" archives (kernel init/initramfs.c, cpio(5)). */
export class CpioTree {
  readonly contents: Map<number, FileBytes> = new Map();
  readonly #top: OpenDirectory;
  #inodes = 0;
  #entryCount = 0;

  constructor() {
    this.#top = this.#newDirectory(0o755, 0, 0);
  }

  get root(): DirectoryNode {
    return this.#top.node;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  /** Adds the archive at the start of `bytes`; `problem` says why the rest of it is not known. */
  add(bytes: Buffer): { readonly usedBytes: number; readonly problem?: string } {
    const linked = new Map<string, TreeNode>();
    for (let at = 0; ; ) {
      const header = headerOf(bytes, at);
      if (header === undefined) return { usedBytes: at, problem: `at byte ${at} no entry begins` };
      const nameAt = at + headerBytes;
      const name = bytes.toString("latin1", nameAt, nameAt + header.nameBytes - 1);
      const dataAt = padded(nameAt + header.nameBytes);
      const next = padded(dataAt + header.sizeBytes);
      if (name === end) return { usedBytes: Math.min(next, bytes.length) };
      if (dataAt + header.sizeBytes > bytes.length) {
        return { usedBytes: at, problem: `entry ${this.#entryCount + 1} is cut off` };
      }
      this.#entryCount += 1;
      if (this.#entryCount > maxEntries) {
        return { usedBytes: at, problem: `it has more than ${maxEntries} entries` };
      }
      this.#place(name, header, bytes.subarray(dataAt, dataAt + header.sizeBytes), linked);
      at = next;
    }
  }

  #place(name: string, header: Header, data: Buffer, linked: Map<string, TreeNode>): void {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    const last = parts.pop();
    if (last === undefined) return;
    const directory = this.#directoryAt(parts);
    const type = header.mode >> 12;
    if (type === typeOf.directory) {
      if (directory.get(last)?.kind === "directory") return;
      directory.set(last, this.#newDirectory(header.mode & 0o7777, header.uid, header.gid).node);
      return;
    }
    directory.set(
      last,
      type === typeOf.file
        ? this.#file(header, data, linked)
        : other(header, data, this.#nextInode()),
    );
  }

  /** Of several names of one file the last has its data. */
  #file(header: Header, data: Buffer, linked: Map<string, TreeNode>): TreeNode {
    const known = header.links > 1 ? linked.get(header.inode) : undefined;
    const inode = known?.inode ?? this.#nextInode();
    if (data.length > 0) this.contents.set(inode, bytesOfBuffer(data));
    const node = known ?? { kind: "file" as const, ...factsOf(header), inode, sizeBytes: 0 };
    // Shared by all of its names.
    Object.assign(node, { sizeBytes: this.contents.get(inode)?.sizeBytes ?? 0 });
    linked.set(header.inode, node);
    return node;
  }

  /** The kernel makes no directories that an archive leaves out; whoever looks for what is in it had better. */
  #directoryAt(parts: readonly string[]): Map<string, TreeNode> {
    let entries = this.#top.entries;
    for (const part of parts) {
      const there = entries.get(part);
      if (there?.kind === "directory") {
        entries = there.entries as Map<string, TreeNode>;
        continue;
      }
      const made = this.#newDirectory(0o755, 0, 0);
      entries.set(part, made.node);
      entries = made.entries;
    }
    return entries;
  }

  #newDirectory(mode: number, uid: number, gid: number): OpenDirectory {
    const entries = new Map<string, TreeNode>();
    const inode = this.#nextInode();
    return { entries, node: { kind: "directory", inode, mode, uid, gid, sizeBytes: 0, entries } };
  }

  #nextInode(): number {
    this.#inodes += 1;
    return this.#inodes;
  }
}

/** The type bits of st_mode: inode(7). */
const typeOf = {
  fifo: 0o01,
  character: 0o02,
  directory: 0o04,
  block: 0o06,
  file: 0o10,
  link: 0o12,
};

const other = (header: Header, data: Buffer, inode: number): TreeNode => {
  const facts = { ...factsOf(header), inode, sizeBytes: 0 };
  switch (header.mode >> 12) {
    case typeOf.link:
      return { kind: "link", ...facts, target: data.toString("latin1") };
    case typeOf.character:
      return { kind: "character-device", ...facts };
    case typeOf.block:
      return { kind: "block-device", ...facts };
    case typeOf.fifo:
      return { kind: "fifo", ...facts };
    default:
      return { kind: "socket", ...facts };
  }
};

const factsOf = ({ mode, uid, gid }: Header): { mode: number; uid: number; gid: number } => ({
  mode: mode & 0o7777,
  uid,
  gid,
});

/** Thirteen numbers of eight hex digits behind the magic. */
const headerOf = (bytes: Buffer, at: number): Header | undefined => {
  const text = bytes.toString("latin1", at, at + headerBytes);
  if (!/^07070[12][0-9A-Fa-f]{104}$/.test(text)) return undefined;
  const field = (index: number): number =>
    Number.parseInt(text.slice(6 + index * 8, 14 + index * 8), 16);
  const nameBytes = field(11);
  if (nameBytes < 1 || nameBytes > maxNameBytes) return undefined;
  return {
    // The same number on another device is another file.
    inode: [field(0), field(7), field(8)].join(":"),
    ...{ mode: field(1), uid: field(2), gid: field(3), links: field(4) },
    ...{ sizeBytes: field(6), nameBytes },
  };
};

const padded = (offset: number): number => Math.ceil(offset / 4) * 4;
