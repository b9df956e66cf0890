import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KiB } from "../../core/units.ts";
import { type BlockRun, bytesOfBuffer, bytesOfRuns, type FileBytes } from "../file-bytes.ts";
import type { SizedInode } from "../volume.ts";
import { bytesOfPointers } from "./block-pointers.ts";
import { askDebugfs, splitAnswers } from "./debugfs.ts";
import type { Ext4Volume } from "./ext4-volume.ts";
import { type Inode, readInodes } from "./inode.ts";

/** A leaf of the extent tree: level, entries, first and last block in the file and on the volume, count, flags. */
const leaf = /^ *\d+\/ *\d+ +\d+\/ *\d+ +(\d+) - +(\d+) +(\d+) - +(\d+) +(\d+)(?: +(Uninit))? *$/;
const maxRuns = 200_000;
/** Data inside of an inode fits into it, and an inode into a block. */
const maxInlineBytes = 64 * KiB;

/** How to read each of these files; one that is missing from the result cannot be read. */
export const openFiles = async (
  volume: Ext4Volume,
  files: readonly SizedInode[],
): Promise<ReadonlyMap<number, FileBytes>> => {
  const contents = new Map<number, FileBytes>();
  const commands = files.map(({ inode }) => `ex -l <${inode}>`);
  const answers = await askDebugfs(volume.run, commands, (output, batch, isAlone) =>
    output.complaints.some((line) => !line.endsWith("does not uses extent block maps")) && !isAlone
      ? undefined
      : splitAnswers(output.text, batch)?.map((text) => ({
          text,
          isWhole: isQuiet(output.complaints),
        })),
  );
  const others: SizedInode[] = [];
  for (const [index, file] of files.entries()) {
    const answer = answers[index];
    if (answer === undefined || !answer.isWhole) continue;
    const lines = answer.text.split("\n").filter((line) => line !== "");
    if (lines.length === 0) others.push(file);
    const runs = parseRuns(lines.slice(1));
    if (lines.length > 0 && runs !== undefined) {
      contents.set(file.inode, bytesOfRuns(volume, file.sizeBytes, runs));
    }
  }
  for (const [number, bytes] of await openWithoutExtents(volume, others))
    contents.set(number, bytes);
  return contents;
};

const isQuiet = (complaints: readonly string[]): boolean =>
  complaints.every((line) => line.endsWith("does not uses extent block maps"));

const parseRuns = (lines: readonly string[]): readonly BlockRun[] | undefined => {
  if (lines.length > maxRuns) return undefined;
  const runs: BlockRun[] = [];
  for (const line of lines) {
    const match = leaf.exec(line);
    if (match === null) return undefined;
    const [, firstBlock, , volumeBlock, , blocks, isUnwritten] = match;
    // An unwritten extent reads as zeroes, as a hole does.
    if (isUnwritten !== undefined) continue;
    runs.push({
      firstBlock: Number(firstBlock),
      volumeBlock: Number(volumeBlock),
      blocks: Number(blocks),
    });
  }
  return runs;
};

const openWithoutExtents = async (
  volume: Ext4Volume,
  files: readonly SizedInode[],
): Promise<ReadonlyMap<number, FileBytes>> => {
  const contents = new Map<number, FileBytes>();
  const inodes = await readInodes(
    volume,
    files.map(({ inode }) => inode),
  );
  for (const { inode: number } of files) {
    const inode = inodes.get(number);
    if (inode?.blockMap === "pointers") contents.set(number, bytesOfPointers(volume, inode));
    if (inode?.blockMap !== "inline") continue;
    const buffer = await dumpInline(volume, number, inode);
    if (buffer !== undefined) contents.set(number, bytesOfBuffer(buffer));
  }
  return contents;
};

/** Such data continues in the extended attributes, which debugfs puts together; the file gets a name of our own. */
const dumpInline = async (
  volume: Ext4Volume,
  number: number,
  { sizeBytes }: Inode,
): Promise<Buffer | undefined> => {
  if (sizeBytes > maxInlineBytes) return undefined;
  const path = join(volume.workDir, `inline-${number}`);
  await volume.run([`dump <${number}> ${path}`]);
  try {
    const buffer = readFileSync(path);
    // debugfs 1.47 pads what is shorter than the inode's 60 bytes.
    return buffer.length < sizeBytes ? undefined : buffer.subarray(0, sizeBytes);
  } catch {
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
};
