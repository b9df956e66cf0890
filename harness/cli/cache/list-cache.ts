import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { mountBelow } from "../../core/mount-below.ts";
import { fileIdentity } from "../../core/open-files.ts";
import type { CacheEntry } from "./cache-entry.ts";
import { isLeftover, stateOf } from "./entry-form.ts";
import { entryUsers } from "./entry-users.ts";

/**
 * All that is in a cache, sorted by path. No link is followed: what it leads to belongs to another cache.
 * @param current paths below the cache that today's recipes would use, or of folders in which they would use all.
 */
export const listCache = (cache: string, current: ReadonlySet<string>): readonly CacheEntry[] => {
  if (!existsSync(cache)) return [];
  const root = realpathSync(cache);
  const userOf = entryUsers(root);
  return pathsIn(root)
    .map((path): CacheEntry => {
      const content = contentOf(join(root, path));
      const user = userOf({ path, ...content });
      const mount = mountBelow(join(root, path));
      const because = [
        ...(user === undefined ? [] : [`used by ${user}`]),
        ...(mount === undefined ? [] : [`${mount} is a mount`]),
      ].join(", ");
      return {
        path,
        state: stateOf(root, path, current),
        ...content,
        ...(because === "" ? {} : { because }),
      };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

const pathsIn = (root: string): readonly string[] => [
  ...["images", "payload"].flatMap((folder) =>
    entriesOf(root, folder).flatMap((path) =>
      isLeftover(path) || !isFolder(join(root, path)) ? [path] : entriesOf(root, path),
    ),
  ),
  ...["agent", "agent-disk", "compiled", "run"].flatMap((folder) => entriesOf(root, folder)),
  ...entriesOf(root, "").filter((path) => !folders.includes(path) || !isFolder(join(root, path))),
];

const folders: readonly string[] = ["images", "payload", "agent", "agent-disk", "compiled", "run"];
const bookkeeping: readonly string[] = [".in-use", ".pruning"];

const entriesOf = (root: string, folder: string): readonly string[] =>
  isFolder(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => !bookkeeping.includes(name))
        .map((name) => join(folder, name))
    : [];

/** A folder that is really in this cache. */
const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const contentOf = (path: string): Pick<CacheEntry, "sizeBytes" | "files"> => {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return { sizeBytes: 0, files: [] };
  const below = facts.isDirectory() ? namesIn(path).map((name) => contentOf(join(path, name))) : [];
  return {
    sizeBytes: below.reduce((sum, { sizeBytes }) => sum + sizeBytes, facts.blocks * 512),
    files: [fileIdentity(facts), ...below.flatMap(({ files }) => files)],
  };
};

const namesIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return []; // A run that ended in this moment, or another user's folder.
  }
};
