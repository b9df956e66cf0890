import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheDir } from "../core/cache-dir.ts";
import { useCacheEntry } from "../core/cache-use.ts";
import { processName } from "../core/process-name.ts";
import { runGo } from "../core/run-go.ts";
import { tempDir } from "../core/tmp.ts";

const sourceDir: string = join(import.meta.dirname, "guest");

/**
 * Builds the guest agent, or takes it from the cache: `cacheDir()/agent/KEY/agent`, where the key is the digest of the
 * sources and Go's version; resolves to that path of a static x86_64 program whose version is the key's first 12 digits.
 * @throws {HostError} as `runGo` does.
 */
export const buildAgent = async (): Promise<string> => {
  const key = await agentKey();
  const path = join(agentStore(), key, "agent");
  await useCacheEntry(agentStore(), key);
  if (!existsSync(path)) await build(key.slice(0, 12), path);
  return path;
};

/** The folder in the cache that holds all built agents: `KEY/agent`. */
export const agentStore = (): string => join(cacheDir(), "agent");

/** The key of the agent that today's sources and Go make. @throws {HostError} HOST_TOOL_MISSING without Go. */
export const agentKey = async (): Promise<string> =>
  keyOf(await runGo(["env", "GOVERSION"], { directory: sourceDir, name: "agent" }));

/** Builds beside the place and moves it there: two builds at once do no harm. */
const build = async (version: string, path: string): Promise<void> => {
  mkdirSync(join(path, ".."), { recursive: true });
  await using work = await tempDir(`bw-build-${processName()}`, agentStore());
  const unfinished = join(work.path, "agent");
  const flags = `-s -w -X main.version=${version}`;
  await runGo(["build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", unfinished, "."], {
    directory: sourceDir,
    name: "agent",
  });
  renameSync(unfinished, path);
};

const keyOf = (goVersion: string): string => {
  const hash = createHash("sha256").update(goVersion);
  for (const file of sourceFiles()) {
    const content = readFileSync(file);
    hash.update(`\0${relative(sourceDir, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
};

const sourceFiles = (): readonly string[] =>
  readdirSync(sourceDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => isSource(path))
    .sort();

const isSource = (path: string): boolean =>
  (path.endsWith(".go") && !path.endsWith("_test.go")) || /\/go\.(mod|sum)$/.test(path);
