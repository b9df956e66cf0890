import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { HostError } from "../harness/core/errors.ts";
import { type FirmwareDescriptor, parseFirmwareDescriptor } from "./firmware-descriptor.ts";

export interface UefiFirmware {
  /** Raw flash image with the code; shared, never written. */
  readonly executable: string;
  /** Raw variable store to copy for each machine. */
  readonly varsTemplate: string;
  readonly format: "raw";
  readonly description: string;
  /** Each descriptor that was passed over, with the reason. */
  readonly skipped: readonly SkippedFirmware[];
}

interface SkippedFirmware {
  readonly descriptor: string;
  readonly reason: string;
}

const descriptorFolder = "usr/share/qemu/firmware";

/**
 * The first OVMF for x86_64 q35 without Secure Boot that the roots' firmware descriptors offer, 4 MiB flash preferred.
 * Paths in a descriptor are absolute within the root where it was found.
 * @throws {HostError} HOST_TOOL_MISSING with every reason when nothing fits.
 */
export const findUefiFirmware = async (roots: readonly string[]): Promise<UefiFirmware> => {
  const skipped: SkippedFirmware[] = [];
  const found: Omit<UefiFirmware, "skipped">[] = [];
  for (const root of roots) {
    for (const path of await descriptorPaths(root)) {
      const result = await candidate(root, path);
      if ("reason" in result) skipped.push({ descriptor: path, reason: result.reason });
      else found.push(result);
    }
  }
  // The 2 MiB variable store is too small for today's Secure Boot databases and is being dropped by distributions.
  const best = found.find(({ executable }) => executable.includes("4M")) ?? found[0];
  if (best !== undefined) return { ...best, skipped };
  const reasons = skipped.map(({ descriptor, reason }) => `${descriptor}: ${reason}`).join("; ");
  throw new HostError(
    "HOST_TOOL_MISSING",
    `Expected UEFI firmware (OVMF) in ${descriptorFolder} of ${roots.join(", ")}, found none that fits: ${reasons || "no descriptors"}`,
    { hint: "Run ci/setup", details: { skipped } },
  );
};

// The file names begin with the distribution's priority (QEMU docs/interop/firmware.json).
const descriptorPaths = async (root: string): Promise<readonly string[]> => {
  const folder = join(root, descriptorFolder);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
};

const candidate = async (
  root: string,
  path: string,
): Promise<Omit<UefiFirmware, "skipped"> | { readonly reason: string }> => {
  const descriptor = parseFirmwareDescriptor(await readFile(path, "utf8"));
  if (descriptor === undefined)
    return { reason: "it is not a firmware descriptor with flash files" };
  const reason = misfit(descriptor);
  if (reason !== undefined) return { reason };
  const executable = join(root, descriptor.executable);
  const varsTemplate = join(root, descriptor.varsTemplate);
  const absent = [executable, varsTemplate].filter((file) => !existsSync(file));
  if (absent.length > 0) return { reason: `${absent.join(" and ")} do not exist` };
  return { executable, varsTemplate, format: "raw", description: descriptor.description };
};

const misfit = (descriptor: FirmwareDescriptor): string | undefined => {
  if (!descriptor.interfaceTypes.includes("uefi")) return "it is not UEFI";
  if (!descriptor.machines.some((machine) => /^pc-q35-|^q35/.test(machine))) {
    return "it is not for x86_64 q35";
  }
  if (descriptor.format !== "raw") return `its format is ${descriptor.format}, expected raw`;
  if (descriptor.features.includes("enrolled-keys")) return "Secure Boot keys are enrolled";
  if (descriptor.features.includes("requires-smm")) return "it requires SMM";
  return undefined;
};
