// Extended attributes: kernel Documentation/filesystems/ext4/attributes.rst. They lie behind the inode's own fields, or in
// one block of their own.
import type { Ext4Volume } from "./ext4-volume.ts";

const magic = 0xea02_0000;
/** Names begin behind it: security.capability is "capability" in the space 6. */
const securitySpace = 6;
const capability = "capability";
const entryBytes = 16;

/** Whether a file has capabilities (capabilities(7)), with which it runs whoever starts it. */
export const hasCapability = (inode: Buffer, volume: Ext4Volume): boolean => {
  const inside = 128 + (inode.length > 130 ? inode.readUInt16LE(128) : 0);
  const isInside =
    inside + 4 <= inode.length &&
    inode.readUInt32LE(inside) === magic &&
    isAmong(inode.subarray(inside + 4));
  return isInside || isInBlock(inode, volume);
};

const isInBlock = (inode: Buffer, volume: Ext4Volume): boolean => {
  const block = inode.readUInt32LE(104) + inode.readUInt16LE(118) * 2 ** 32;
  if (block === 0) return false;
  const bytes = volume.read(block * volume.blockBytes, volume.blockBytes);
  return bytes.length > 32 && bytes.readUInt32LE(0) === magic && isAmong(bytes.subarray(32));
};

/** Entries follow each other, each a multiple of four bytes long; four zero bytes end them. */
const isAmong = (entries: Buffer): boolean => {
  for (let at = 0; at + entryBytes <= entries.length && entries.readUInt32LE(at) !== 0; ) {
    const nameBytes = entries[at] ?? 0;
    const name = entries.toString("latin1", at + entryBytes, at + entryBytes + nameBytes);
    if (entries[at + 1] === securitySpace && name === capability) return true;
    at += Math.ceil((entryBytes + nameBytes) / 4) * 4;
  }
  return false;
};
