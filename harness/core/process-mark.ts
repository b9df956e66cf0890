import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeAtEnd } from "./reaper.ts";

/**
 * A file whose name tells which process it stands for: its id alone would soon be another's, so its start time, its PID
 * namespace and the host's boot are in the name too. A process that ended, however, marks nothing any more.
 */
export interface ProcessMark extends Disposable {
  readonly path: string;
}

/** Marks this process in `directory`, which is made if need be; the mark goes when disposed, or with this process. */
export const markProcess = (directory: string): ProcessMark => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, ownName());
  removeAtEnd(path);
  writeFileSync(path, "", { flag: "a" });
  return { path, [Symbol.dispose]: () => rmSync(path, { force: true }) };
};

/** A mark of a process that is alive, as far as can be seen from here. */
export interface LiveMark {
  readonly pid: number;
  readonly isOwn: boolean;
  readonly text: string;
}

export const liveMarks = (directory: string): readonly LiveMark[] =>
  namesIn(directory)
    .filter(isAlive)
    .map((name) => ({
      pid: Number.parseInt(name, 10),
      isOwn: name === ownName(),
      text: textOf(join(directory, name)),
    }));

/** Removes the marks of processes that ended without a reaper. */
export const sweepMarks = (directory: string): void => {
  for (const name of namesIn(directory))
    if (!isAlive(name)) rmSync(join(directory, name), { force: true });
};

const ownName = (): string =>
  `${process.pid}-${startTicks(process.pid) ?? 0}-${pidNamespace()}-${bootId()}`;

const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory).filter((name) => nameForm.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
};

const nameForm = /^(\d+)-(\d+)-(\d+)-([0-9a-f]+)$/;

/** What lives in another container cannot be seen from here, so it counts as alive until the host boots again. */
const isAlive = (name: string): boolean => {
  const [, pid = "", start, namespace, boot] = nameForm.exec(name) ?? [];
  if (boot !== bootId()) return false;
  if (namespace !== pidNamespace()) return true;
  return String(startTicks(Number(pid))) === start;
};

/** Field 22 of /proc/PID/stat; the second field, the program's name, may hold spaces and brackets. */
const startTicks = (pid: number): number | undefined => {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" ? undefined : Number(fields[19]);
};

const pidNamespace = (): string => readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "");

const bootId = (): string =>
  readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().replaceAll("-", "");

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It ended in this moment.
  }
};
