import type { ImageManifest } from "../../../images/schema.ts";
import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";
import { isPartitionNamed } from "../../machine/find-partition.ts";
import { candidateRoots } from "./candidate-roots.ts";
import { tellPartitions } from "./settle-system-disk.ts";

/** What is known of the system that a disk will boot. */
export interface BootingSystem {
  /** Absent when none was found, or nothing says which of several it is. */
  readonly identity?: SystemIdentity;
  /** Of the system, or of all that it may be. */
  readonly systemdVersion?: number;
  /** What could not be told, for the user. */
  readonly notes: readonly string[];
}

/**
 * The system in the root partition that the manifest names, else the only one that may be meant. None of several is guessed:
 * which of them boots is for the boot loader to say, and an image with two of them is a sound one.
 */
export const bootingSystem = (
  systemDisk: ImageManifest["systemDisk"],
  disk: IdentifiedDisk,
): BootingSystem => {
  const candidates = candidatesFor(systemDisk, disk);
  const [identity, second] = candidates;
  if (identity === undefined) return { notes: [] };
  const { systemdVersion } = identity;
  const isAgreed = candidates.every((one) => one.systemdVersion === systemdVersion);
  const known = systemdVersion === undefined || !isAgreed ? {} : { systemdVersion };
  if (second === undefined) return { identity, ...known, notes: [] };
  return {
    ...known,
    notes: [
      `Found ${candidates.length} roots of operating systems, and nothing says which of them boots: ${tellPartitions(candidates, disk)}; state systemDisk.rootPartition in a manifest`,
    ],
  };
};

const candidatesFor = (
  systemDisk: ImageManifest["systemDisk"],
  disk: IdentifiedDisk,
): readonly SystemIdentity[] => {
  const name = systemDisk === "none" ? "none" : systemDisk.rootPartition;
  if (name === "none") return candidateRoots(disk);
  const meant = disk.partitions.filter((one) => isPartitionNamed(one, name));
  return disk.systems.filter(({ partition }) => meant.some(({ index }) => index === partition));
};
