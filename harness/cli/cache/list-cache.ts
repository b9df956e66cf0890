import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { entriesInUse } from "../../core/cache-use.ts";
import { openFilesBelow } from "../../core/open-files.ts";
import type { CacheEntry, CacheEntryState } from "./cache-entry.ts";

/** Folders of the cache whose users mark what they use; "" is the cache itself. */
export const stores = ["", "images", "agent", "agent-disk"] as const;

/**
 * All that is in a cache, sorted by path. No link is followed: what it leads to belongs to another cache.
 * @param current paths below the cache that today's recipes would use.
 */
export const listCache = (cache: string, current: ReadonlySet<string>): readonly CacheEntry[] => {
  if (!existsSync(cache)) return [];
  const root = realpathSync(cache);
  const users = usersBelow(root);
  return pathsIn(root, current)
    .map((path): CacheEntry => {
      const wanted = stateOf(path, current);
      const usedBy = users(path) ?? (wanted === "leftover" ? makerOf(path) : undefined);
      const sizeBytes = sizeOnDisk(join(root, path));
      if (usedBy === undefined) return { path, state: wanted, sizeBytes };
      return { path, state: wanted === "leftover" ? "kept" : wanted, sizeBytes, usedBy };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

/** A folder that is really in this cache. */
export const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const entriesOf = (root: string, folder: string): readonly string[] =>
  isFolder(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => !bookkeeping.has(name))
        .map((name) => join(folder, name))
    : [];

const bookkeeping: ReadonlySet<string> = new Set([".in-use", ".pruning"]);

const pathsIn = (root: string, current: ReadonlySet<string>): readonly string[] => {
  // A stale agent goes with its folder; beside a current one there may be what a build left.
  const inAgents = entriesOf(root, "agent").flatMap((path) =>
    current.has(path) ? entriesOf(root, path) : [path],
  );
  const inImages = entriesOf(root, "images").flatMap((path) =>
    isLeftover(path) ? [path] : entriesOf(root, path),
  );
  const taken = ["images", "agent", "agent-disk", "compiled", "run"];
  return [
    ...inImages,
    ...inAgents,
    ...["agent-disk", "compiled", "run"].flatMap((folder) => entriesOf(root, folder)),
    ...entriesOf(root, "").filter((path) => !taken.includes(path) || !isFolder(join(root, path))),
  ];
};

// images: .next-KEY-PID, bw-build-PID-…; agent: agent.PID; agent-disk: KEY.ext4.PID; run: bw-PID-…; prunes: .trash-PID-N
const leftoverForm =
  /(?:^|\/)(?:\.next-[0-9a-f]+-(\d+)|bw(?:-build)?-(\d+)-[^/]*|agent\.(\d+)|[^/]+\.ext4\.(\d+)|\.trash-(\d+)-\d+)$/;

const isLeftover = (path: string): boolean => leftoverForm.test(path);

const stateOf = (path: string, current: ReadonlySet<string>): CacheEntryState => {
  if (isLeftover(path)) return "leftover";
  if (!path.includes("/") || path.startsWith("run/")) return "kept";
  return current.has(path) || current.has(dirname(path)) ? "current" : "stale";
};

/** The process that makes it, if it still lives; from the name alone, which older versions give as well. */
const makerOf = (path: string): number | undefined => {
  const groups = leftoverForm.exec(path)?.slice(1) ?? [];
  const pid = groups.find((group) => group !== undefined);
  return pid !== undefined && existsSync(join("/proc", pid)) ? Number(pid) : undefined;
};

const usersBelow = (root: string): ((path: string) => number | undefined) => {
  const marked = new Map<string, number>();
  for (const store of stores)
    for (const [entry, pid] of entriesInUse(join(root, store))) marked.set(join(store, entry), pid);
  const open = [...openFilesBelow(root)].map(([path, pid]) => [relative(root, path), pid] as const);
  return (path) => {
    const inside = open.find(([file]) => file === path || file.startsWith(`${path}/`))?.[1];
    return inside ?? marked.get(path) ?? marked.get(dirname(path)) ?? ownerOfLeftover(path, marked);
  };
};

/** Whoever uses an entry may be building it, in a directory beside it whose name he alone knows. */
const ownerOfLeftover = (path: string, marked: ReadonlyMap<string, number>): number | undefined => {
  if (!isLeftover(path)) return undefined;
  const folder = dirname(path);
  if (folder === "run") return marked.get(path.replace(/^(run\/bw-\d+)-.*/, "$1"));
  const finished = path.replace(/\.\d+$/, "");
  for (const [entry, pid] of marked) {
    const isBeside = folder.startsWith("images/") && entry.startsWith(`${folder}/`);
    if (entry === finished || entry === folder || isBeside) return pid;
  }
  return undefined;
};

const sizeOnDisk = (path: string): number => {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  const own = facts.blocks * 512;
  if (!facts.isDirectory()) return own;
  return namesIn(path).reduce((sum, name) => sum + sizeOnDisk(join(path, name)), own);
};

const namesIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return []; // A run that ended in this moment, or another user's folder.
  }
};
