// An ext4 file system read in this process, as it lies: no journal is replayed, which is how a boot loader reads it. The
// reader of harness/inspect asks debugfs, which costs tens of milliseconds a question; here thousands of states are asked
// for a few files each. Layout: kernel Documentation/filesystems/ext4. Everything read is bounded and checked by hand.
import { ImageError } from "../../core/errors.ts";
import { MiB } from "../../core/units.ts";
import { type BlockRun, bytesOfRuns, type FileBytes } from "../../inspect/file-bytes.ts";
import type { DirectoryNode, TreeNode } from "../../inspect/tree.ts";
import { type DirectInode, parseInode } from "./direct-inode.ts";
import { parseDirectory } from "./directory-block.ts";
import { runsOfExtents } from "./extent-tree.ts";

export interface DirectVolume {
  readonly blockBytes: number;
  /** Its journal has changes that reading leaves out. */
  readonly needsRecovery: boolean;
  /** Directories are read when their entries are asked for; one that makes no sense has none and is a problem. */
  readonly root: DirectoryNode;
  readonly problems: readonly string[];
  /** Where the content of a file lies; undefined when that makes no sense. */
  runsOf(inode: number): readonly BlockRun[] | undefined;
  /** undefined when where it lies makes no sense. */
  open(inode: number): FileBytes | undefined;
  read(offset: number, length: number): Buffer;
}

export type ReadBytes = (offset: number, length: number) => Buffer;

const has64Bit = 0x80;
const needsRecoveryFlag = 0x4;
/** meta_bg moves the descriptors; bigalloc counts in clusters; inline_data and encrypt change what a file's blocks are. */
const unreadFeatures = 0x10 | 0x8000 | 0x1_0000;
const maxDirectoryBytes = 64 * MiB;
const maxTargetBytes = 4096;
const rootInode = 2;
const pieceBytes = 4096;

/**
 * @param read of the volume, from its first byte on.
 * @throws {ImageError} IMAGE_UNUSABLE when the superblock states what no ext4 has, or a feature that is not read.
 */
export const openDirectVolume = (read: ReadBytes): DirectVolume => new Volume(read);

class Volume implements DirectVolume {
  readonly blockBytes: number;
  readonly needsRecovery: boolean;
  readonly root: DirectoryNode;
  readonly problems: string[] = [];
  readonly read: ReadBytes;
  readonly #superblock: Buffer;
  readonly #nodes = new Map<number, TreeNode>();
  /** Pieces of the group descriptors and of inode tables, by their number in 4 KiB: a tree is all over a few of them. */
  readonly #pieces = new Map<number, Buffer>();

  constructor(read: ReadBytes) {
    this.read = read;
    this.#superblock = read(1024, 1024);
    const shift = this.#superblock.length < 1024 ? 99 : this.#superblock.readUInt32LE(24);
    const isExt4 = this.#superblock.length === 1024 && this.#superblock.readUInt16LE(56) === 0xef53;
    if (!isExt4 || shift > 6) throw unusable(isExt4 ? `blocks of 1024 << ${shift}` : "no magic");
    const incompatible = this.#superblock.readUInt32LE(96);
    if ((incompatible & unreadFeatures) !== 0) {
      throw unusable(`features 0x${incompatible.toString(16)}, of which some are not read`);
    }
    this.blockBytes = 1024 * 2 ** shift;
    this.needsRecovery = (incompatible & needsRecoveryFlag) !== 0;
    this.root = this.#directory(rootInode, this.#inode(rootInode));
  }

  runsOf(number: number): readonly BlockRun[] | undefined {
    const inode = this.#inode(number);
    return inode === undefined ? undefined : this.#runs(inode);
  }

  open(number: number): FileBytes | undefined {
    const inode = this.#inode(number);
    const runs = inode === undefined ? undefined : this.#runs(inode);
    if (inode === undefined || runs === undefined) return undefined;
    return bytesOfRuns({ blockBytes: this.blockBytes, read: this.read }, inode.sizeBytes, runs);
  }

  #runs(inode: DirectInode): readonly BlockRun[] | undefined {
    if (!inode.hasExtents) return inode.sizeBytes === 0 ? [] : undefined;
    return runsOfExtents(inode.block, this.blockBytes, (block) =>
      this.read(block * this.blockBytes, this.blockBytes),
    );
  }

  #inode(number: number): DirectInode | undefined {
    const superblock = this.#superblock;
    const perGroup = superblock.readUInt32LE(40);
    if (number < 1 || number > superblock.readUInt32LE(0) || perGroup === 0) return undefined;
    const is64Bit = (superblock.readUInt32LE(96) & has64Bit) !== 0;
    const descriptorBytes = is64Bit ? Math.max(64, superblock.readUInt16LE(254)) : 32;
    const group = Math.floor((number - 1) / perGroup);
    const table = (superblock.readUInt32LE(20) + 1) * this.blockBytes;
    const descriptor = this.#piece(table + group * descriptorBytes, descriptorBytes);
    if (descriptor.length < descriptorBytes) return undefined;
    const high = is64Bit ? descriptor.readUInt32LE(40) : 0;
    const inodes = (descriptor.readUInt32LE(8) + high * 2 ** 32) * this.blockBytes;
    const inodeBytes = superblock.readUInt16LE(88);
    return parseInode(this.#piece(inodes + ((number - 1) % perGroup) * inodeBytes, 128));
  }

  /** Of what does not cross a border of 4 KiB, as descriptors and inodes do not. */
  #piece(offset: number, length: number): Buffer {
    const number = Math.floor(offset / pieceBytes);
    const piece = this.#pieces.get(number) ?? this.read(number * pieceBytes, pieceBytes);
    this.#pieces.set(number, piece);
    return piece.subarray(offset - number * pieceBytes, offset - number * pieceBytes + length);
  }

  #node(number: number): TreeNode | undefined {
    const known = this.#nodes.get(number);
    if (known !== undefined) return known;
    const inode = this.#inode(number);
    if (inode?.kind === undefined) return undefined;
    const { kind, mode, uid, gid, sizeBytes } = inode;
    const facts = { inode: number, mode, uid, gid, sizeBytes };
    const node: TreeNode =
      kind === "directory"
        ? this.#directory(number, inode)
        : kind === "link"
          ? { kind, ...facts, target: this.#target(inode) }
          : { kind, ...facts };
    this.#nodes.set(number, node);
    return node;
  }

  #directory(number: number, inode: DirectInode | undefined): DirectoryNode {
    const volume = this;
    let entries: ReadonlyMap<string, TreeNode> | undefined;
    const { mode = 0, uid = 0, gid = 0, sizeBytes = 0 } = inode ?? {};
    return {
      ...{ kind: "directory", inode: number, mode, uid, gid, sizeBytes },
      get entries() {
        entries ??= volume.#entries(number, inode);
        return entries;
      },
    };
  }

  #entries(number: number, inode: DirectInode | undefined): ReadonlyMap<string, TreeNode> {
    const entries = new Map<string, TreeNode>();
    const listed = inode?.kind === "directory" ? this.#listed(inode) : undefined;
    if (listed === undefined) this.problems.push(`directory ${number} makes no sense`);
    for (const { name, inode: child } of listed ?? []) {
      const node = this.#node(child);
      if (node === undefined) this.problems.push(`inode ${child} makes no sense`);
      else entries.set(name, node);
    }
    return entries;
  }

  #listed(
    inode: DirectInode,
  ): readonly { readonly name: string; readonly inode: number }[] | undefined {
    const runs = this.#runs(inode);
    if (runs === undefined || inode.sizeBytes > maxDirectoryBytes) return undefined;
    const bytes = bytesOfRuns(
      { blockBytes: this.blockBytes, read: this.read },
      inode.sizeBytes,
      runs,
    );
    const listed: { readonly name: string; readonly inode: number }[] = [];
    for (let offset = 0; offset < inode.sizeBytes; offset += this.blockBytes) {
      const block = parseDirectory(bytes.read(offset, this.blockBytes));
      if (block === undefined) return undefined;
      listed.push(...block);
    }
    return listed;
  }

  #target(inode: DirectInode): string | undefined {
    const { sizeBytes, block } = inode;
    if (sizeBytes < 60 && !inode.hasExtents) return block.toString("latin1", 0, sizeBytes);
    const runs = sizeBytes > maxTargetBytes ? undefined : this.#runs(inode);
    if (runs === undefined) return undefined;
    const bytes = bytesOfRuns({ blockBytes: this.blockBytes, read: this.read }, sizeBytes, runs);
    return bytes.read(0, sizeBytes).toString("latin1");
  }
}

const unusable = (seen: string): ImageError =>
  new ImageError("IMAGE_UNUSABLE", `Expected an ext4 file system, but its superblock has ${seen}`, {
    hint: "e2fsck -n tells more",
  });
