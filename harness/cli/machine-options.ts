import { Option } from "commander";
import type { ResolvedImage } from "../../images/catalog.ts";
import type { BootMethod } from "../../images/schema.ts";
import { UsageError } from "../core/errors.ts";

/** What the command line changes about the machine that the manifest describes. */
export interface MachineOptions {
  readonly firmware?: "bios" | "uefi";
  readonly secureBoot?: boolean;
  readonly tpm?: boolean;
}

export const firmwareOption = (): Option =>
  new Option(
    "--firmware <firmware>",
    "what starts the machine (default: machine.boot of the manifest)",
  ).choices(["bios", "uefi"]);

export const secureBootOption = (): Option =>
  new Option(
    "--secure-boot",
    "boot by UEFI with Secure Boot and the keys of machine.firmwareVariables",
  );

export const tpmOption = (): Option => new Option("--tpm", "give the machine a TPM 2.0 (swtpm)");

/**
 * The image on the machine that the options ask for.
 * @throws {UsageError} for a firmware or Secure Boot when the manifest boots a kernel directly, and for Secure Boot by BIOS.
 */
export const withMachineOptions = (
  resolved: ResolvedImage,
  options: MachineOptions,
): ResolvedImage => {
  const { manifest } = resolved;
  const { tpm = false } = options;
  const machine = {
    ...manifest.machine,
    boot: bootOf(resolved, options),
    tpm: tpm || manifest.machine.tpm,
  };
  return { ...resolved, manifest: { ...manifest, machine } };
};

const bootOf = (
  { name, manifest }: ResolvedImage,
  { firmware, secureBoot = false }: MachineOptions,
): BootMethod => {
  const { boot } = manifest.machine;
  if (firmware === undefined && !secureBoot) return boot;
  const option = secureBoot ? "--secure-boot" : `--firmware ${firmware}`;
  if (boot.kind === "kernel") {
    throw new UsageError(`${option}: ${name} boots its kernel directly`, {
      hint: "Only images that boot from their disk have a firmware to choose",
    });
  }
  if (firmware === "bios") {
    if (!secureBoot) return { kind: "firmware", firmware };
    throw new UsageError("--secure-boot contradicts --firmware bios: only UEFI checks signatures", {
      hint: "Leave out one of the two",
    });
  }
  const isSecureAlready = boot.firmware === "uefi" && boot.secureBoot;
  return { kind: "firmware", firmware: "uefi", secureBoot: secureBoot || isSecureAlready };
};
