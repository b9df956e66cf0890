import { join } from "node:path";
import { entriesInUse } from "../../core/cache-use.ts";
import { openFiles } from "../../core/open-files.ts";
import type { CacheEntry } from "./cache-entry.ts";
import { makerOf } from "./entry-form.ts";

/** Folders of the cache whose users mark what they use. */
export const stores = ["images", "payload", "agent", "agent-disk"] as const;

/** Tells who makes or uses an entry at this moment, in words: by its name, by mark, or because he has a file of it open. */
export const entryUsers = (
  cache: string,
): ((entry: Pick<CacheEntry, "path" | "files">) => string | undefined) => {
  const marked = new Map<string, string>();
  for (const store of stores)
    for (const [entry, by] of entriesInUse(join(cache, store))) marked.set(join(store, entry), by);
  const open = openFiles();
  return ({ path, files }) => {
    const opened = files.map((file) => open.get(file)).find((pid) => pid !== undefined);
    const byMark = makerOf(path) ?? marked.get(path);
    return byMark ?? (opened === undefined ? undefined : `process ${opened}`);
  };
};
