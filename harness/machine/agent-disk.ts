import { copyFileSync, existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { goProgram } from "../../images/payload/go-program.ts";
import { runtimeProbe } from "../../images/payload/programs.ts";
import { cacheDir } from "../core/cache-dir.ts";
import { useCacheEntry } from "../core/cache-use.ts";
import { exec } from "../core/exec.ts";
import { processName } from "../core/process-name.ts";
import { sha256OfFile, sha256OfText } from "../core/sha256.ts";
import { tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { MiB } from "../core/units.ts";

/**
 * A small ext4 image with the agent in it, and beside it the programs that checks start where the agent alone would have to
 * grow by megabytes; cached by their digests. The guest gets it read-only.
 */
export const buildAgentDisk = async (agentPath: string): Promise<string> => {
  const programs = [agentPath, await goProgram(runtimeProbe)];
  const name = await agentDiskName(programs);
  const disk = join(agentDiskStore(), name);
  await useCacheEntry(agentDiskStore(), name);
  if (existsSync(disk)) return disk;
  await using content = await tempDir();
  for (const path of programs) copyFileSync(path, join(content.path, basename(path)));
  await using work = await tempDir(`bw-build-${processName()}`, agentDiskStore());
  const next = join(work.path, name);
  writeFileSync(next, "");
  const bytes = programs.reduce((sum, path) => sum + statSync(path).size, 0);
  await exec(toolPath("mke2fs"), [
    ...["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-L", "bwagent"],
    ...["-E", "root_owner=0:0", "-d", content.path, next, `${Math.ceil(bytes / MiB) + 4}M`],
  ]);
  renameSync(next, disk);
  return disk;
};

/** The folder in the cache that holds all agent disks. */
const agentDiskStore = (): string => join(cacheDir(), "agent-disk");

/** @param programs paths of all that is on the disk, the agent's first. */
export const agentDiskName = async (programs: readonly string[]): Promise<string> => {
  const digests = await Promise.all(programs.map(sha256OfFile));
  return `${sha256OfText(digests.join("\n")).slice(0, 16)}.ext4`;
};
