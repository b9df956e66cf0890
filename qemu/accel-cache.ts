import { mkdirSync, readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../harness/core/atomic-file.ts";
import { log } from "../harness/core/log.ts";
import { sha256OfFile, sha256OfText } from "../harness/core/sha256.ts";
import type { AccelRequest } from "./accel-candidates.ts";
import type { KvmDevice } from "./kvm-device.ts";

export interface ProbeAttempt {
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  /** "booted", or why not. */
  readonly outcome: string;
}

/** What the probe found, without whether it was found now or before. */
export interface ProbedAccelerator {
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  readonly reason: string;
  readonly probeMs: number;
  readonly vcpuCpuMs: number;
  readonly attempts: readonly ProbeAttempt[];
}

const accelSchema = z.enum(["kvm", "tcg"]);
const entrySchema = z.object({
  key: z.string(),
  result: z.object({
    accel: accelSchema,
    cpuModel: z.string(),
    reason: z.string(),
    probeMs: z.number(),
    vcpuCpuMs: z.number(),
    attempts: z.array(z.object({ accel: accelSchema, cpuModel: z.string(), outcome: z.string() })),
  }),
});

/** Everything that can change which accelerator works. The host's boot is part of it: cloud hosts move. */
export const accelCacheKey = async (facts: {
  readonly requested: AccelRequest;
  readonly kvm: KvmDevice;
  readonly qemuVersion: string;
  readonly probeFiles: readonly string[];
}): Promise<string> =>
  sha256OfText(
    JSON.stringify([
      facts.requested,
      facts.kvm,
      facts.qemuVersion,
      await Promise.all(facts.probeFiles.map(sha256OfFile)),
      release(),
      readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      cpus()[0]?.model ?? "",
    ]),
  );

/** The last result, if it was found under the same key. A file that cannot be read is as good as none. */
export const readAccelCache = (
  cacheDir: string,
  requested: AccelRequest,
  key: string,
): ProbedAccelerator | undefined => {
  try {
    const text = readFileSync(cacheFile(cacheDir, requested), "utf8");
    const entry = entrySchema.parse(JSON.parse(text));
    return entry.key === key ? entry.result : undefined;
  } catch {
    return undefined;
  }
};

/** Keeps the result for the next run; a cache that cannot be written costs a probe, nothing else. */
export const writeAccelCache = (
  cacheDir: string,
  requested: AccelRequest,
  key: string,
  result: ProbedAccelerator,
): void => {
  try {
    mkdirSync(cacheDir, { recursive: true });
    writeFileAtomic(cacheFile(cacheDir, requested), JSON.stringify({ key, result }, undefined, 1));
  } catch (error) {
    log.warn({ error: String(error) }, "accelerator cache not written");
  }
};

const cacheFile = (cacheDir: string, requested: AccelRequest): string =>
  join(cacheDir, `accelerator-${requested}.json`);
