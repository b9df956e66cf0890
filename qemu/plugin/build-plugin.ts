import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { useCacheEntry } from "../../harness/core/cache-use.ts";
import { HostError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { processName } from "../../harness/core/process-name.ts";
import { tempDir } from "../../harness/core/tmp.ts";

const sources = ["count-instructions.c", "quiet-threads.c"] as const;
const headers = ["qemu-plugin-api.h", "quiet-threads.h"] as const;
const flags = [
  ...["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", "-Wall", "-Wextra", "-Werror"],
  ...["-shared", "-fPIC", "-fvisibility=hidden"],
];

/** The folder in the cache that holds all built plugins: `KEY/count-instructions.so`. */
const pluginStore = (): string => join(cacheDir(), "plugin");

/** The digest of the sources and of how they are compiled. */
export const pluginKey = (): string => {
  const hash = createHash("sha256").update(flags.join(" "));
  for (const name of [...sources, ...headers])
    hash.update(`\0${name}\0`).update(readFileSync(sourceOf(name)));
  return hash.digest("hex");
};

/**
 * Compiles the instruction counter, or takes it from the cache; resolves to the path of a shared object for QEMU's `-plugin`.
 * @throws {HostError} HOST_TOOL_MISSING without a C compiler; COMMAND_FAILED when it refuses the sources.
 */
export const buildPlugin = async (): Promise<string> => {
  const key = pluginKey();
  const path = join(pluginStore(), key, "count-instructions.so");
  await useCacheEntry(pluginStore(), key);
  if (existsSync(path)) return path;
  mkdirSync(join(path, ".."), { recursive: true });
  await using work = await tempDir(`bw-build-${processName()}`, pluginStore());
  const unfinished = join(work.path, "count-instructions.so");
  await compile([...flags, "-o", unfinished, ...sources.map(sourceOf)]);
  renameSync(unfinished, path);
  return path;
};

const sourceOf = (name: string): string => join(import.meta.dirname, name);

const compile = async (args: readonly string[]): Promise<void> => {
  try {
    await exec("cc", args);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "HOST_TOOL_MISSING") throw error;
    throw new HostError(
      "HOST_TOOL_MISSING",
      "--measure cost needs a C compiler, and there is no cc",
      {
        hint: "Run ci/setup, which installs gcc, or measure with --measure wall",
        cause: error,
      },
    );
  }
};
