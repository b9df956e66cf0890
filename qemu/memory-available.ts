import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MiB } from "../harness/core/units.ts";

export interface AvailableMemory {
  readonly availableMiB: number;
  /** What sets the bound: the machine or a control group's path. */
  readonly boundedBy: string;
}

/** Reads a file's text; undefined when there is no such file. */
export type ReadText = (path: string) => string | undefined;

/** What may still be used: the least of the machine's available memory and the room in each enclosing control group. */
export const availableMemory = (readText: ReadText = readIfThere): AvailableMemory => {
  const machine: AvailableMemory = {
    availableMiB: Math.floor(memAvailableKiB(readText) / 1024),
    boundedBy: "the machine",
  };
  return groupRooms(readText).reduce(
    (least, room) => (room.availableMiB < least.availableMiB ? room : least),
    machine,
  );
};

const memAvailableKiB = (readText: ReadText): number =>
  Number(/^MemAvailable:\s+(\d+) kB/m.exec(readText("/proc/meminfo") ?? "")?.[1] ?? 0);

// Version 2 names its one hierarchy with "0::"; version 1 lists the memory controller by name (cgroups(7)).
const groupRooms = (readText: ReadText): readonly AvailableMemory[] =>
  (readText("/proc/self/cgroup") ?? "").split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === "") {
      return roomsUpwards(readText, "/sys/fs/cgroup", path, "memory.max", "memory.current");
    }
    return controllers?.split(",").includes("memory") === true
      ? roomsUpwards(
          readText,
          "/sys/fs/cgroup/memory",
          path,
          "memory.limit_in_bytes",
          "memory.usage_in_bytes",
        )
      : [];
  });

const roomsUpwards = (
  readText: ReadText,
  mount: string,
  path: string,
  limitName: string,
  usageName: string,
): readonly AvailableMemory[] => {
  const rooms: AvailableMemory[] = [];
  for (let group = path; ; group = dirname(group)) {
    const limit = Number(readText(join(mount, group, limitName)));
    const usage = Number(readText(join(mount, group, usageName)));
    // "max" and a missing file are no limit; version 1 writes "none" as a number near 2^63, which is never the least.
    if (Number.isFinite(limit) && Number.isFinite(usage)) {
      rooms.push({
        availableMiB: Math.max(0, Math.floor((limit - usage) / MiB)),
        boundedBy: `control group ${group}`,
      });
    }
    if (group === "/") return rooms;
  }
};

const readIfThere: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};
