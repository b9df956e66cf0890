import { Command } from "commander";
import { cacheDir } from "../core/cache-dir.ts";
import { printable } from "../core/printable.ts";
import { formatBytes } from "../core/units.ts";
import { type CacheEntry, isPrunable, sumOfBytes } from "./cache/cache-entry.ts";
import { currentPaths } from "./cache/current-paths.ts";
import { listCache } from "./cache/list-cache.ts";
import { pruneCache } from "./cache/prune-cache.ts";

export const cacheCommand = (): Command => {
  const cache = new Command("cache").description("what Bootwright has built and keeps");
  cache
    .command("list")
    .description("what there is, how large it is, and whether today's recipes would use it")
    .action(async () => {
      const entries = listCache(cacheDir(), await currentPaths());
      for (const entry of entries) process.stdout.write(`${lineOf(entry.state, entry)}\n`);
      const freed = sumOfBytes(entries.filter(isPrunable));
      process.stdout.write(
        `${formatBytes(sumOfBytes(entries))} in ${cacheDir()}; \`bootwright cache prune\` frees ${formatBytes(freed)}\n`,
      );
    });
  cache
    .command("prune")
    .description("remove what today's recipes would not use and no process uses")
    .option("--dry-run", "only say what would be removed", false)
    .option("--all", "remove all that was built, also what today's recipes would use", false)
    .action(async ({ dryRun, all }: { dryRun: boolean; all: boolean }) => {
      const current = all ? new Set<string>() : await currentPaths();
      process.stdout.write(`${prune(current, dryRun).join("\n")}\n`);
    });
  return cache;
};

const prune = (current: ReadonlySet<string>, isDryRun: boolean): readonly string[] => {
  const before = listCache(cacheDir(), current);
  const used = before.filter((entry) => entry.usedBy !== undefined && entry.state !== "kept");
  const gone = isDryRun ? before.filter(isPrunable) : pruneCache(cacheDir(), current);
  const bytes = formatBytes(sumOfBytes(gone));
  return [
    ...gone.map((entry) => lineOf(isDryRun ? "would go" : "removed", entry)),
    ...used.map((entry) => lineOf("stays", entry)),
    isDryRun ? `${bytes} would be freed in ${cacheDir()}` : `${bytes} freed in ${cacheDir()}`,
  ];
};

const lineOf = (word: string, { path, sizeBytes, usedBy }: CacheEntry): string => {
  const user = usedBy === undefined ? "" : `  used by process ${usedBy}`;
  return `${word.padEnd(8)}  ${formatBytes(sizeBytes).padStart(10)}  ${printable(path, 300)}${user}`;
};
