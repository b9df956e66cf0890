import { Command } from "commander";
import { cacheDir } from "../core/cache-dir.ts";
import { HostError, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { formatBytes } from "../core/units.ts";
import { type CacheEntry, isHeld, isPrunable, sumOfBytes } from "./cache/cache-entry.ts";
import { currentPaths } from "./cache/current-paths.ts";
import { listCache } from "./cache/list-cache.ts";
import { type Pruned, pruneCache } from "./cache/prune-cache.ts";

export const cacheCommand = (): Command => {
  const cache = new Command("cache").description("what Bootwright has built and keeps");
  cache
    .command("list")
    .description("what there is, how large it is, and whether today's recipes would use it")
    .action(async () => {
      const entries = listCache(cacheDir(), await currentOnes());
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
      const current = all ? new Set<string>() : await currentOnes();
      await prune(current, dryRun);
    });
  return cache;
};

const currentOnes = async (): Promise<ReadonlySet<string>> => {
  const { paths, missing } = await currentPaths();
  if (missing !== undefined) {
    process.stderr.write(
      `All that is built with Go, or contains what is, counts as current: ${renderError(missing)}\n`,
    );
  }
  return paths;
};

const prune = async (current: ReadonlySet<string>, isDryRun: boolean): Promise<void> => {
  const { gone, stayed, failures } = isDryRun
    ? whatWouldGo(listCache(cacheDir(), current))
    : await pruneCache(cacheDir(), current);
  const lines = [
    ...gone.map((entry) => lineOf(isDryRun ? "would go" : "removed", entry)),
    ...stayed.map((entry) => lineOf("stays", entry)),
    `${formatBytes(sumOfBytes(gone))} ${isDryRun ? "would be freed" : "freed"} in ${cacheDir()}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (failures.length > 0) {
    throw new HostError("HOST_RESOURCE", `Not removed: ${failures.join("; ")}`, {
      hint: "Remove what stands in the way, and prune again",
    });
  }
};

const whatWouldGo = (entries: readonly CacheEntry[]): Pruned => ({
  gone: entries.filter(isPrunable),
  stayed: entries.filter(isHeld),
  failures: [],
});

const lineOf = (word: string, { path, sizeBytes, because }: CacheEntry): string => {
  const why = because === undefined ? "" : `  ${printable(because, 300)}`;
  return `${word.padEnd(8)}  ${formatBytes(sizeBytes).padStart(10)}  ${printable(path, 300)}${why}`;
};
