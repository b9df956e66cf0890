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
 * Which OVMF a machine needs.
 * - `plain`       does not check signatures
 * - `microsoft`   Secure Boot with the keys that bought machines have, as the distribution enrolled them
 * - `snakeoil`    Secure Boot with Debian's test key, whose private half everybody has
 * - `own`         Secure Boot with a variable store of the user's; `varsTemplate` is an empty one
 */
export type FirmwareKeys = "plain" | "microsoft" | "snakeoil" | "own";

/**
 * The first OVMF for x86_64 q35 of that kind that the roots' firmware descriptors offer, 4 MiB flash preferred.
 * Paths in a descriptor are absolute within the root where it was found.
 * @throws {HostError} HOST_TOOL_MISSING with every reason when nothing fits.
 */
export const findUefiFirmware = async (
  roots: readonly string[],
  keys: FirmwareKeys = "plain",
): Promise<UefiFirmware> => {
  const skipped: SkippedFirmware[] = [];
  const found: Omit<UefiFirmware, "skipped">[] = [];
  for (const root of roots) {
    for (const path of await descriptorPaths(root)) {
      const result = await candidate(root, path, keys);
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
    `Expected ${wanted[keys]} in ${descriptorFolder} of ${roots.join(", ")}, found none that fits: ${reasons || "no descriptors"}`,
    { hint: "Run ci/setup", details: { skipped } },
  );
};

const wanted: Readonly<Record<FirmwareKeys, string>> = {
  plain: "UEFI firmware (OVMF)",
  microsoft: "UEFI firmware (OVMF) with Secure Boot and enrolled keys",
  snakeoil: "UEFI firmware (OVMF) with Secure Boot and Debian's snakeoil variable store",
  own: "UEFI firmware (OVMF) with Secure Boot",
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
  keys: FirmwareKeys,
): Promise<Omit<UefiFirmware, "skipped"> | { readonly reason: string }> => {
  const descriptor = parseFirmwareDescriptor(await readFile(path, "utf8"));
  if (descriptor === undefined)
    return { reason: "it is not a firmware descriptor with flash files" };
  const reason = misfit(descriptor, keys);
  if (reason !== undefined) return { reason };
  const executable = join(root, descriptor.executable);
  const template = join(root, descriptor.varsTemplate);
  const varsTemplate = keys === "snakeoil" ? snakeoilOf(template) : template;
  const absent = [executable, varsTemplate].filter((file) => !existsSync(file));
  if (absent.length > 0) return { reason: `${absent.join(" and ")} do not exist` };
  return { executable, varsTemplate, format: "raw", description: descriptor.description };
};

/** No descriptor names it: it lies beside the empty store (README.Debian of ovmf). */
const snakeoilOf = (template: string): string => template.replace(/\.fd$/, ".snakeoil.fd");

const misfit = (descriptor: FirmwareDescriptor, keys: FirmwareKeys): string | undefined => {
  const { features } = descriptor;
  if (!descriptor.interfaceTypes.includes("uefi")) return "it is not UEFI";
  if (!descriptor.machines.some((machine) => /^pc-q35-|^q35/.test(machine))) {
    return "it is not for x86_64 q35";
  }
  if (descriptor.format !== "raw") return `its format is ${descriptor.format}, expected raw`;
  const hasKeys = features.includes("enrolled-keys");
  if (hasKeys && keys !== "microsoft") return "Secure Boot keys are enrolled";
  if (keys === "plain") return features.includes("requires-smm") ? "it requires SMM" : undefined;
  if (!features.includes("secure-boot")) return "it has no Secure Boot";
  if (!features.includes("requires-smm")) return "it does not protect its variables by SMM";
  return hasKeys || keys !== "microsoft" ? undefined : "no Secure Boot keys are enrolled";
};
