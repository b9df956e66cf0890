// Layout: kernel Documentation/filesystems/ext4/ifork.rst (extent tree).
import type { BlockRun } from "../../inspect/file-bytes.ts";

const magic = 0xf30a;
const maxDepth = 5;
const maxRuns = 200_000;
/** More in a leaf's length means that the extent is not written yet, and reads as zeroes. */
const maxWrittenBlocks = 32_768;

/** The runs of a file; undefined when the tree makes no sense. */
export const runsOfExtents = (
  root: Buffer,
  blockBytes: number,
  readBlock: (block: number) => Buffer,
): readonly BlockRun[] | undefined => {
  const runs: BlockRun[] = [];
  const isSound = addRuns(runs, root, root.length, maxDepth, (block) => {
    const bytes = readBlock(block);
    return bytes.length < blockBytes ? undefined : bytes;
  });
  return isSound ? runs : undefined;
};

const addRuns = (
  runs: BlockRun[],
  node: Buffer,
  nodeBytes: number,
  maxNodeDepth: number,
  readBlock: (block: number) => Buffer | undefined,
): boolean => {
  if (node.readUInt16LE(0) !== magic) return false;
  const entries = node.readUInt16LE(2);
  const depth = node.readUInt16LE(6);
  if (12 + entries * 12 > nodeBytes || depth > maxNodeDepth) return false;
  for (let at = 12; at < 12 + entries * 12; at += 12) {
    if (runs.length >= maxRuns) return false;
    if (depth > 0) {
      const child = readBlock(node.readUInt32LE(at + 4) + node.readUInt16LE(at + 8) * 2 ** 32);
      if (child === undefined || !addRuns(runs, child, child.length, depth - 1, readBlock))
        return false;
      continue;
    }
    const blocks = node.readUInt16LE(at + 4);
    if (blocks > maxWrittenBlocks) continue;
    const volumeBlock = node.readUInt32LE(at + 8) + node.readUInt16LE(at + 6) * 2 ** 32;
    runs.push({ firstBlock: node.readUInt32LE(at), volumeBlock, blocks });
  }
  return true;
};
