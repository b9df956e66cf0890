import { copyFileSync, existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../core/cache-dir.ts";
import { useCacheEntry } from "../core/cache-use.ts";
import { exec } from "../core/exec.ts";
import { processName } from "../core/process-name.ts";
import { sha256OfFile } from "../core/sha256.ts";
import { tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { MiB } from "../core/units.ts";

/** A small ext4 image with the agent in it, cached by the agent's digest. The guest gets it read-only. */
export const buildAgentDisk = async (agentPath: string): Promise<string> => {
  const name = await agentDiskName(agentPath);
  const disk = join(agentDiskStore(), name);
  await useCacheEntry(agentDiskStore(), name);
  if (existsSync(disk)) return disk;
  await using content = await tempDir();
  copyFileSync(agentPath, join(content.path, "agent"));
  await using work = await tempDir(`bw-build-${processName()}`, agentDiskStore());
  const next = join(work.path, name);
  writeFileSync(next, "");
  const sizeMiB = Math.ceil(statSync(agentPath).size / MiB) + 4;
  await exec(toolPath("mke2fs"), [
    ...["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-L", "bwagent"],
    ...["-E", "root_owner=0:0", "-d", content.path, next, `${sizeMiB}M`],
  ]);
  renameSync(next, disk);
  return disk;
};

/** The folder in the cache that holds all agent disks. */
const agentDiskStore = (): string => join(cacheDir(), "agent-disk");

export const agentDiskName = async (agentPath: string): Promise<string> =>
  `${(await sha256OfFile(agentPath)).slice(0, 16)}.ext4`;
