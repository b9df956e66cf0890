// The file that `e2fsck -z` keeps overwritten blocks in: e2fsprogs lib/ext2fs/undo_io.c and misc/e2undo.c. A header, then
// blocks of keys, each followed by the data of its keys.
import { InternalError } from "../core/errors.ts";

export interface KeptBlock {
  /** In the file system. */
  readonly startByte: number;
  readonly bytes: Buffer;
}

const magic = "E2UNDO02";
const keyBlockMagic = 0xca_de_ca_de;
const keyBytes = 16;

/**
 * What was overwritten; nothing for an empty file.
 * @throws {InternalError} when the file is not what e2fsck writes: the disk cannot be put back then.
 */
export const parseUndoFile = (file: Buffer): readonly KeptBlock[] => {
  if (file.length === 0) return [];
  if (file.length < 512 || file.toString("latin1", 0, 8) !== magic) throw senseless("its header");
  const keys = Number(file.readBigUInt64LE(8));
  if (keys === 0) return []; // Nothing was written, and no block size is stated.
  const blockBytes = file.readUInt32LE(32);
  const volumeBlockBytes = file.readUInt32LE(36);
  if (blockBytes < 1024 || volumeBlockBytes < 1024) throw senseless("its block size");
  const keysPerBlock = Math.floor((blockBytes - keyBytes) / keyBytes);
  const kept: KeptBlock[] = [];
  let block = Number(file.readBigUInt64LE(24));
  for (let first = 0; first < keys; first += keysPerBlock) {
    const keyBlock = file.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (keyBlock.length < blockBytes || keyBlock.readUInt32LE(0) !== keyBlockMagic) {
      throw senseless(`block ${block}`);
    }
    block += 1;
    for (let at = 1; at <= Math.min(keysPerBlock, keys - first); at += 1) {
      const volumeBlock = Number(keyBlock.readBigUInt64LE(at * keyBytes));
      const sizeBytes = keyBlock.readUInt32LE(at * keyBytes + 12);
      const bytes = file.subarray(block * blockBytes, block * blockBytes + sizeBytes);
      if (bytes.length < sizeBytes) throw senseless(`block ${block}`);
      kept.push({ startByte: volumeBlock * volumeBlockBytes, bytes });
      block += Math.ceil(sizeBytes / blockBytes);
    }
  }
  return kept;
};

const senseless = (what: string): InternalError =>
  new InternalError(`Expected an undo file of e2fsck, but ${what} makes no sense`);
