import { z } from "zod";

/** What decides which software a machine lets run, as given and as seen from inside. */
export interface MachineFacts {
  readonly given: GivenMachine;
  /** Absent where no agent could be asked. */
  readonly seen?: SeenMachine;
}

/** By the harness; argv.txt says the same. */
export interface GivenMachine {
  readonly boot: "bios" | "uefi" | "kernel";
  readonly secureBoot: boolean;
  /** Under Secure Boot: whose signatures the firmware accepts, by the names of their certificates. */
  readonly trusts?: readonly string[];
  readonly tpm: boolean;
}

/** By the guest's own kernel; what it could not tell is left out. */
export interface SeenMachine {
  /** The kernel was started by UEFI and can ask it. */
  readonly isUefi: boolean;
  /** UEFI variable SecureBoot: the firmware checked the signature of what it started. */
  readonly secureBoot?: boolean;
  /** UEFI variable SetupMode: no platform key is enrolled, so anybody can enrol one. */
  readonly setupMode?: boolean;
  /** Of /sys/kernel/security/lockdown. */
  readonly lockdown?: "none" | "integrity" | "confidentiality";
  /** Major version of the first TPM. */
  readonly tpm?: "none" | "1" | "2";
}

export const machineFactsSchema: z.ZodType<MachineFacts> = z.object({
  given: z.object({
    boot: z.enum(["bios", "uefi", "kernel"]),
    secureBoot: z.boolean(),
    trusts: z.array(z.string().max(200)).max(64).exactOptional(),
    tpm: z.boolean(),
  }),
  seen: z
    .object({
      isUefi: z.boolean(),
      secureBoot: z.boolean().exactOptional(),
      setupMode: z.boolean().exactOptional(),
      lockdown: z.enum(["none", "integrity", "confidentiality"]).exactOptional(),
      tpm: z.enum(["none", "1", "2"]).exactOptional(),
    })
    .exactOptional(),
});
