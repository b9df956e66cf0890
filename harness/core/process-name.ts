import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { sha256OfText } from "./sha256.ts";

/** A source for regular expressions. */
export const processNameForm = "\\d+-\\d+-\\d+-[0-9a-f]{12}-[0-9a-f]{12}-[A-Za-z0-9._]+";

/**
 * A name that no other process ever has: an id alone is soon another's, and in another container or on another machine
 * that shares the cache it is at this moment. So start time, PID namespace, boot, machine and host name follow it.
 */
export const processName = (): string =>
  [
    process.pid,
    startTicks(process.pid) ?? 0,
    pidNamespace(),
    bootId(),
    machineId(),
    hostname().replaceAll(/[^A-Za-z0-9.]/g, "_") || "unnamed",
  ].join("-");

/**
 * Whom a name stands for, in words; undefined when that process has ended. What cannot be seen from here counts as
 * alive: a process in another container until the host boots again, one on another machine for ever.
 */
export const livingProcess = (name: string): string | undefined => {
  const [pid = "", start, namespace, boot, machine, host] = name.split("-");
  if (boot !== bootId()) {
    return machine === machineId() ? undefined : `process ${pid} on host ${host}`;
  }
  if (namespace !== pidNamespace()) return `process ${pid} in another container (${host})`;
  return isAlive(Number(pid), Number(start)) ? `process ${pid}` : undefined;
};

const isAlive = (pid: number, start: number): boolean => {
  const ticks = startTicks(pid);
  return ticks === undefined ? exists(pid) : ticks === start;
};

/** A process of another user whom a /proc with hidepid does not show. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
};

/** Field 22 of /proc/PID/stat; the second field, the program's name, may hold spaces and brackets. */
const startTicks = (pid: number): number | undefined => {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" ? undefined : Number(fields[19]);
};

const pidNamespace = (): string => readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "");

const bootId = (): string => digest(readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));

/** A digest, because machine-id(5) asks not to show the id itself. */
const machineId = (): string => digest(textOf("/etc/machine-id").trim() || hostname());

const digest = (text: string): string => sha256OfText(text).slice(0, 12);

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
