import { Option } from "commander";
import type { ResolvedImage } from "../../images/catalog.ts";
import { UsageError } from "../core/errors.ts";

export type Firmware = "bios" | "uefi";

export const firmwareOption = (): Option =>
  new Option(
    "--firmware <firmware>",
    "what starts the machine (default: machine.boot of the manifest)",
  ).choices(["bios", "uefi"]);

/**
 * The image, booted by `firmware` instead of what its manifest says.
 * @throws {UsageError} when the manifest boots a kernel directly.
 */
export const withFirmware = (
  resolved: ResolvedImage,
  firmware: Firmware | undefined,
): ResolvedImage => {
  if (firmware === undefined) return resolved;
  const { manifest } = resolved;
  if (manifest.machine.boot.kind === "kernel") {
    throw new UsageError(`--firmware ${firmware}: ${resolved.name} boots its kernel directly`, {
      hint: "Only images that boot from their disk have a firmware to choose",
    });
  }
  const machine = { ...manifest.machine, boot: { kind: "firmware", firmware } as const };
  return { ...resolved, manifest: { ...manifest, machine } };
};
