import { existsSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { entriesInUse, holdUsers } from "../../core/cache-use.ts";
import { removeAtEnd } from "../../core/reaper.ts";
import { type CacheEntry, isPrunable } from "./cache-entry.ts";
import { isFolder, listCache, stores } from "./list-cache.ts";

/**
 * Removes what `isPrunable` says. Users are held off only while it is moved aside, which takes no time; what is moved is
 * removed by the reaper if this process is killed.
 * @param current paths below the cache that stay; none for all that was built to go.
 * @returns what was removed.
 * @throws {HostError} HOST_RESOURCE when another prune is at work.
 */
export const pruneCache = (cache: string, current: ReadonlySet<string>): readonly CacheEntry[] => {
  if (!existsSync(cache)) return [];
  const root = realpathSync(cache);
  const places = stores.map((store) => join(root, store)).filter((place) => isFolder(place));
  const trash: string[] = [];
  const gone = ((): readonly CacheEntry[] => {
    using _held = holdUsers(places);
    const chosen = listCache(root, current).filter(isPrunable);
    for (const [index, { path }] of chosen.entries()) trash.push(moveAside(root, path, index));
    removeEmptyNames(root);
    return chosen;
  })();
  for (const path of trash) rmSync(path, { recursive: true, force: true });
  return gone;
};

/** Within the folder's own file system: a folder of the cache may be a mount of its own. */
const moveAside = (root: string, path: string, index: number): string => {
  const folder = path.includes("/") ? path.split("/", 1).join("") : "";
  const aside = join(root, folder, `.trash-${process.pid}-${index}`);
  removeAtEnd(aside);
  renameSync(join(root, path), aside);
  return aside;
};

/** Whoever is about to build an image of that name may have made the folder for it. */
const removeEmptyNames = (root: string): void => {
  const images = join(root, "images");
  if (!isFolder(images)) return;
  const used = new Set([...entriesInUse(images).keys()].map((entry) => dirname(entry)));
  for (const name of readdirSync(images)) {
    const path = join(images, name);
    const isName = !name.startsWith(".") && isFolder(path) && !used.has(name);
    if (isName && readdirSync(path).length === 0) rmdirSync(path);
  }
};
