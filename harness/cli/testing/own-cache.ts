import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../core/cache-dir.ts";
import { runCli } from "./run-cli.ts";

/**
 * Makes `path` a cache that shares images and tools with the real one but has a `run` directory of its own, so that what
 * a run leaves there can be seen while others use the real one.
 */
export const ownCache = async (path: string): Promise<void> => {
  // Builds the probe image and finds the accelerator, where that was not yet done.
  const { exitCode, stderr } = await runCli(["doctor"]);
  if (exitCode !== 0) throw new Error(`bootwright doctor: exit code ${exitCode}: ${stderr}`);
  mkdirSync(join(path, "run"), { recursive: true });
  for (const name of ["images", "payload", "tools", "agent", "agent-disk"]) {
    mkdirSync(join(cacheDir(), name), { recursive: true });
    symlinkSync(join(cacheDir(), name), join(path, name));
  }
  const accelerator = join(cacheDir(), "accelerator-auto.json");
  if (existsSync(accelerator)) copyFileSync(accelerator, join(path, "accelerator-auto.json"));
};
