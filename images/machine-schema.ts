// The keys of `machine` and `disks`, which manifests set and mutants override.
import { z } from "zod";
import { diskSerial, hostPath, oneLine, reject } from "./field-schemas.ts";
import type { BlankDisk, BootMethod, FirmwareVariables, MachineNeeds } from "./schema.ts";

export interface BootFields {
  readonly boot?: "bios" | "uefi" | "kernel" | undefined;
  readonly secureBoot?: boolean | undefined;
  readonly kernelCommandLine?: string | undefined;
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
}

type MachineFields = BootFields & {
  readonly memoryMiB?: number | undefined;
  readonly cpus?: number | undefined;
  readonly tpm?: boolean | undefined;
  readonly watchdog?: boolean | undefined;
  readonly firmwareVariables?: FirmwareVariables | undefined;
};

const firmwareVariables: z.ZodType<FirmwareVariables> = hostPath.transform(
  (text, context): FirmwareVariables => {
    if (text === "microsoft" || text === "snakeoil" || text === "none")
      return { kind: "keys", keys: text };
    if (text.endsWith(".fd")) return { kind: "file", path: text };
    return reject(context, "expected microsoft, snakeoil or the path of an .fd file");
  },
);

/** All keys of `machine`, none of them needed; unknown ones are problems. */
export const machineFields: z.ZodType<MachineFields> = z.strictObject({
  memoryMiB: z.int().min(64).max(1_048_576).optional(),
  cpus: z.int().min(1).max(64).optional(),
  tpm: z.boolean().optional(),
  watchdog: z.boolean().optional(),
  firmwareVariables: firmwareVariables.optional(),
  boot: z.enum(["bios", "uefi", "kernel"]).optional(),
  secureBoot: z.boolean().optional(),
  kernelCommandLine: oneLine.optional(),
  kernel: hostPath.optional(),
  initrd: hostPath.optional(),
});

export const machineNeeds: z.ZodType<MachineNeeds> = machineFields.transform(
  (
    {
      memoryMiB = 1024,
      cpus = 2,
      tpm = false,
      watchdog = false,
      firmwareVariables = microsoft,
      ...boot
    },
    context,
  ) => {
    if (firmwareVariables.kind === "keys" && firmwareVariables.keys === "none") {
      return reject(context, "only a mutant does without keys", ["firmwareVariables"]);
    }
    return {
      ...{ memoryMiB, cpus, tpm, firmwareVariables },
      boot: toBootMethod(boot, context),
      hasWatchdog: watchdog,
    };
  },
);

const microsoft: FirmwareVariables = { kind: "keys", keys: "microsoft" };

export const toBootMethod = (fields: BootFields, context: z.RefinementCtx): BootMethod => {
  const { boot = "bios", secureBoot, kernelCommandLine, kernel, initrd } = fields;
  if (boot !== "uefi" && secureBoot !== undefined) {
    reject(context, "only `boot: uefi` has this key", ["secureBoot"]);
  }
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
  return boot === "bios"
    ? { kind: "firmware", firmware: "bios" }
    : { kind: "firmware", firmware: "uefi", secureBoot: secureBoot ?? false };
};

/** Serials of disks that the harness attaches by itself. */
const reservedSerials: readonly string[] = ["bwagent", "system", "uefi-vars", "update"];

export const blankDisk: z.ZodType<BlankDisk> = z.strictObject({
  serial: diskSerial.refine(
    (serial) => !reservedSerials.includes(serial),
    `expected a serial other than the harness' own (${reservedSerials.join(", ")})`,
  ),
  sizeMiB: z.int().min(1).max(1_048_576),
});

/** By name; the harness keeps those that bring its agent in. */
export const credentials: z.ZodType<Readonly<Record<string, string>>> = z
  .record(z.string(), z.string().max(32_768))
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      if (name.includes("bootwright")) reject(context, "is the harness' own", [name]);
      // What systemd takes for the name of a credential (credential_name_valid), and a unit's in it.
      if (!/^[A-Za-z0-9_@~.-]{1,200}$/.test(name) || /^\.{1,2}$/.test(name)) {
        reject(context, "expected a name of letters, digits and _ @ ~ . -", [name]);
      }
    }
  });
