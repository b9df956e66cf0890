// The keys of `machine` and `disks`, which manifests set and mutants override.
import { z } from "zod";
import { diskSerial, hostPath, oneLine, reject } from "./field-schemas.ts";
import type { BlankDisk, BootMethod, MachineNeeds } from "./schema.ts";

export interface BootFields {
  readonly boot?: "bios" | "uefi" | "kernel" | undefined;
  readonly kernelCommandLine?: string | undefined;
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
}

type MachineFields = BootFields & {
  readonly memoryMiB?: number | undefined;
  readonly cpus?: number | undefined;
};

/** All keys of `machine`, none of them needed; unknown ones are problems. */
export const machineFields: z.ZodType<MachineFields> = z.strictObject({
  memoryMiB: z.int().min(64).max(1_048_576).optional(),
  cpus: z.int().min(1).max(64).optional(),
  boot: z.enum(["bios", "uefi", "kernel"]).optional(),
  kernelCommandLine: oneLine.optional(),
  kernel: hostPath.optional(),
  initrd: hostPath.optional(),
});

export const machineNeeds: z.ZodType<MachineNeeds> = machineFields.transform(
  ({ memoryMiB = 1024, cpus = 2, ...boot }, context) => ({
    memoryMiB,
    cpus,
    boot: toBootMethod(boot, context),
  }),
);

export const toBootMethod = (fields: BootFields, context: z.RefinementCtx): BootMethod => {
  const { boot = "bios", kernelCommandLine, kernel, initrd } = fields;
  if (boot === "kernel") {
    return {
      kind: "kernel",
      commandLine: kernelCommandLine ?? "",
      ...(kernel === undefined ? {} : { kernel }),
      ...(initrd === undefined ? {} : { initrd }),
    };
  }
  for (const key of ["kernelCommandLine", "kernel", "initrd"] as const) {
    if (fields[key] !== undefined) reject(context, "only `boot: kernel` has this key", [key]);
  }
  return { kind: "firmware", firmware: boot };
};

/** Serials of disks that the harness attaches by itself. */
const reservedSerials: readonly string[] = ["bwagent", "system"];

export const blankDisk: z.ZodType<BlankDisk> = z.strictObject({
  serial: diskSerial.refine(
    (serial) => !reservedSerials.includes(serial),
    `expected a serial other than the harness' own (${reservedSerials.join(", ")})`,
  ),
  sizeMiB: z.int().min(1).max(1_048_576),
});
