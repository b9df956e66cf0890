// What the kernel sees of an ext4 file system after the power came back: its journal replayed, orphans ended. e2fsck does
// it in place and keeps what it overwrote in an undo file, from which all is put back. e2undo is not used for that: it
// leaves the primary superblock as e2fsck wrote it (1.47.2, measured 2026-11-30), and costs a process.
import { closeSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { BootwrightError } from "../core/errors.ts";
import { exec } from "../core/exec.ts";
import { printable } from "../core/printable.ts";
import { toolPath } from "../core/tool.ts";
import { type KeptBlock, parseUndoFile } from "./undo-file.ts";
import type { Range } from "./write-log.ts";

export interface Replayed {
  /** e2fsck's: 0 sound, 1 what a journal leaves was put right, from 4 on there is damage. */
  readonly exitCode: number;
  /** What e2fsck said, made printable; for reports. */
  readonly said: string;
  /** Ranges of the file system that are not what they were. */
  readonly changed: readonly Range[];
}

/** e2fsck(8), "EXIT CODE": the sum of bits, of which 1 means that errors were put right. */
export const isSound = ({ exitCode }: Pick<Replayed, "exitCode">): boolean => exitCode <= 1;

const superblockBytes = 1024;

/**
 * Replays the journal of an ext4 file system, checks it, lets `look` see it, and puts the very bytes back.
 * @param path of a file that is all of the file system.
 * @param workPath for a file of its own.
 */
export const withReplayed = async <T>(
  path: string,
  workPath: string,
  look: (replayed: Replayed) => Promise<T> | T,
): Promise<T> => {
  const file = openSync(path, "r+");
  try {
    const superblock = Buffer.alloc(superblockBytes);
    readSync(file, superblock, 0, superblockBytes, superblockBytes);
    rmSync(workPath, { force: true });
    const { exitCode, said } = await runE2fsck(path, workPath);
    const kept: readonly KeptBlock[] = [
      ...parseUndoFile(readIfThere(workPath)),
      { startByte: superblockBytes, bytes: superblock },
    ];
    try {
      const changed = kept.map(({ startByte, bytes }) => ({ startByte, sizeBytes: bytes.length }));
      return await look({ exitCode, said, changed });
    } finally {
      for (const { startByte, bytes } of kept) writeSync(file, bytes, 0, bytes.length, startByte);
    }
  } finally {
    closeSync(file);
    rmSync(workPath, { force: true });
  }
};

const runE2fsck = async (
  device: string,
  undoPath: string,
): Promise<{ readonly exitCode: number; readonly said: string }> => {
  try {
    const { stdout } = await exec(toolPath("e2fsck"), ["-f", "-p", "-z", undoPath, device]);
    return { exitCode: 0, said: printable(stdout, 400) };
  } catch (error) {
    const exitCode = error instanceof BootwrightError ? error.details["exitCode"] : undefined;
    // From 16 on it is the use of e2fsck that is wrong, or it was ended: not a word about the file system.
    if (!(error instanceof Error) || typeof exitCode !== "number" || exitCode >= 16) throw error;
    return { exitCode, said: printable(saidBy(error), 400) };
  }
};

/** Without the paths of this host, which differ from run to run, and without what is about the undo file. */
const saidBy = (error: Error): string =>
  error.message
    .replace(/^\S+ ended with exit code \d+: /, "")
    .split("\n")
    .filter((line) => !line.includes("undo file"))
    .join("; ")
    .replaceAll(/\S*\/(?=bytes-)/g, "");

const readIfThere = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0); // e2fsck gave up before it wrote anything.
  }
};
