import { existsSync, mkdtempSync, realpathSync, renameSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { holdUsers } from "../../core/cache-use.ts";
import { processName } from "../../core/process-name.ts";
import { removeAtEnd } from "../../core/reaper.ts";
import { removeTree } from "../../core/remove-tree.ts";
import { type CacheEntry, isHeld, isPrunable } from "./cache-entry.ts";
import { entryUsers, stores } from "./entry-users.ts";
import { listCache } from "./list-cache.ts";

export interface Pruned {
  readonly gone: readonly CacheEntry[];
  /** What somebody uses, and what is mounted. */
  readonly stayed: readonly CacheEntry[];
  /** One sentence for each entry that could not be removed. */
  readonly failures: readonly string[];
}

/**
 * Removes what `isPrunable` says. It is chosen and measured first. Users are held off only while it is moved aside; what
 * was moved is removed afterwards, by the reaper if this process is killed.
 * @param current see listCache; none for all that was built to go.
 * @throws {HostError} HOST_RESOURCE when another prune is at work, or the cache cannot be written.
 */
export const pruneCache = async (cache: string, current: ReadonlySet<string>): Promise<Pruned> => {
  if (!existsSync(cache)) return { gone: [], stayed: [], failures: [] };
  const root = realpathSync(cache);
  const listed = listCache(root, current);
  const chosen = listed.filter(isPrunable);
  const stayed = listed.filter(isHeld);
  const gone: CacheEntry[] = [];
  const failures: string[] = [];
  const fails = ({ path }: CacheEntry, error: unknown): void => {
    failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  };
  const moved = moveAside(root, chosen, { stays: (entry) => stayed.push(entry), fails });
  for (const { entry, aside } of moved) {
    try {
      await removeTree(aside);
      rmdirSync(dirname(aside));
      gone.push(entry);
    } catch (error) {
      fails(entry, error);
    }
  }
  return { gone, stayed, failures };
};

interface Moved {
  readonly entry: CacheEntry;
  readonly aside: string;
}

interface NotMoved {
  stays(entry: CacheEntry): void;
  fails(entry: CacheEntry, error: unknown): void;
}

const moveAside = (
  root: string,
  chosen: readonly CacheEntry[],
  { stays, fails }: NotMoved,
): readonly Moved[] => {
  const places = stores.filter((store) => chosen.some(({ path }) => path.startsWith(`${store}/`)));
  using held = holdUsers(places.map((place) => join(root, place)));
  const userOf = entryUsers(root);
  return chosen.flatMap((entry): readonly Moved[] => {
    const user = userOf(entry);
    if (user !== undefined) {
      stays({ ...entry, because: `used by ${user}` });
      return [];
    }
    try {
      if (held.isOver()) throw new Error("users were held off for too long");
      return [{ entry, aside: moved(root, entry) }];
    } catch (error) {
      fails(entry, error);
      return [];
    }
  });
};

/** Within the folder's own file system: a folder of the cache may be a mount of its own. */
const moved = (root: string, { path }: CacheEntry): string => {
  const folder = join(root, path.split("/", 1).join(""));
  const trash = mkdtempSync(join(folder, `.trash-${processName()}-`));
  removeAtEnd(trash);
  const aside = join(trash, "entry");
  try {
    renameSync(join(root, path), aside);
    return aside;
  } catch (error) {
    rmdirSync(trash);
    throw error;
  }
};
