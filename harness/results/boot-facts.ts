import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BootwrightError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import { parseRecord } from "./parse-record.ts";

/** boots/NN/boot-facts.json: what took part in a boot, by which two boots can be told apart. */
export interface BootFacts {
  /** Those that systemd started, with the guest's own time of it; empty without systemd. */
  readonly units: readonly StartedUnit[];
  /** Names of loaded kernel modules; empty where the agent could not tell. */
  readonly modules: readonly string[];
  /** From power-on to the ready point, by the disk's name in QEMU. */
  readonly disks: readonly DiskTraffic[];
}

export interface StartedUnit {
  readonly name: string;
  /** From its start to its being active; 0 for one that was active at once. */
  readonly startMs: number;
}

export interface DiskTraffic {
  readonly disk: string;
  readonly readBytes: number;
  readonly reads: number;
  readonly writtenBytes: number;
  readonly writes: number;
}

export const bootFactsFile = "boot-facts.json";
export const bootFactsLimits = { units: 2000, modules: 2000, disks: 64 } as const;

const name = z.string().max(256);
const amount = z.number().nonnegative();

const bootFactsSchema: z.ZodType<BootFacts> = z.object({
  units: z.array(z.object({ name, startMs: amount })).max(bootFactsLimits.units),
  modules: z.array(name).max(bootFactsLimits.modules),
  disks: z
    .array(
      z.object({
        disk: name,
        readBytes: amount,
        reads: amount,
        writtenBytes: amount,
        writes: amount,
      }),
    )
    .max(bootFactsLimits.disks),
});

/**
 * Undefined for a boot that has none.
 * @throws {BootwrightError} RESULTS_INVALID when it is over 1 MiB or wrong.
 */
export const readBootFacts = (bootDirectory: string): BootFacts | undefined => {
  const path = join(bootDirectory, bootFactsFile);
  const hint = "The run was damaged after it was written; run it again";
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    if (statSync(path).size > MiB) throw new Error("over 1 MiB");
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new BootwrightError("RESULTS_INVALID", `${path} cannot be read`, { hint, cause });
  }
  return parseRecord(bootFactsSchema, value, path, hint);
};
