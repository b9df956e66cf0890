import { copyFileSync, existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type GoProgram, goProgram } from "../../images/payload/go-program.ts";
import { importImages, runtimeProbe } from "../../images/payload/programs.ts";
import {
  workload,
  workloadImageSources,
  writeWorkloadImage,
} from "../../images/payload/workload-image.ts";
import { cacheDir } from "../core/cache-dir.ts";
import { useCacheEntry } from "../core/cache-use.ts";
import { exec } from "../core/exec.ts";
import { processName } from "../core/process-name.ts";
import { sha256OfFile, sha256OfText } from "../core/sha256.ts";
import { tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { MiB } from "../core/units.ts";

/** What is on the disk beside the agent: as programs, but for the last one, of which the disk has a container image. */
export const agentDiskPrograms: readonly GoProgram[] = [runtimeProbe, importImages, workload];

/**
 * A small ext4 image with the agent in it, and beside it what checks use where the agent alone would have to grow by
 * megabytes: programs, and `workload-images`, an OCI layout of what runs in the containers that suites start. Cached by
 * the digests of the programs. The guest gets it read-only.
 */
export const buildAgentDisk = async (agentPath: string): Promise<string> => {
  const built = [agentPath];
  for (const program of agentDiskPrograms) built.push(await goProgram(program));
  const name = await agentDiskName(built);
  const disk = join(agentDiskStore(), name);
  await useCacheEntry(agentDiskStore(), name);
  if (existsSync(disk)) return disk;
  await using content = await tempDir();
  await using work = await tempDir(`bw-build-${processName()}`, agentDiskStore());
  const workloadPath = built.pop() ?? "";
  for (const path of built) copyFileSync(path, join(content.path, basename(path)));
  await writeWorkloadImage(join(content.path, "workload-images"), workloadPath, work.path);
  const next = join(work.path, name);
  writeFileSync(next, "");
  const bytes = [...built, workloadPath].reduce((sum, path) => sum + statSync(path).size, 0);
  await exec(toolPath("mke2fs"), [
    ...["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-L", "bwagent"],
    ...["-E", "root_owner=0:0", "-d", content.path, next, `${Math.ceil(bytes / MiB) + 4}M`],
  ]);
  renameSync(next, disk);
  return disk;
};

/** The folder in the cache that holds all agent disks. */
const agentDiskStore = (): string => join(cacheDir(), "agent-disk");

/** @param programs paths of all built programs on the disk, the agent's first. */
export const agentDiskName = async (programs: readonly string[]): Promise<string> => {
  const digests = await Promise.all(programs.map(sha256OfFile));
  return `${sha256OfText([...digests, workloadImageSources()].join("\n")).slice(0, 16)}.ext4`;
};
