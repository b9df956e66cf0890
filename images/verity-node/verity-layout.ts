import { MiB } from "../../harness/core/units.ts";
import type { LaidPartition } from "../builder/disk-layout.ts";

/** What systemd-sysupdate takes for a slot that holds nothing. */
const emptySlot = "_empty";

const espMiB = 128;
const rootMiB = 320;
// The hashes of 4 KiB blocks take 32 of 4096 bytes, and so do the hashes of those.
const verityMiB = 4;

export type SlotPart = "root" | "verity";

/** The partition of slot A that release `version` is in, by its label. */
export const slotLabel = (part: SlotPart, version: string): string => `${part}_${version}`;

/**
 * GPT: the EFI system partition with room for the kernels of two releases and of one that comes in, and two slots, of which
 * the second is empty. Partition types: Discoverable Partitions Specification.
 * @param moreMiB by which the first slot is larger, for a release that fits no second one.
 */
export const verityLayout = (version: string, moreMiB = 0): readonly LaidPartition[] => {
  const first = [rootMiB + moreMiB, verityMiB + Math.ceil(moreMiB / 64)];
  const sizes = [espMiB, ...first, rootMiB, verityMiB];
  return [
    { name: "esp", typeGuid: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" },
    { name: slotLabel("root", version), typeGuid: rootType },
    { name: slotLabel("verity", version), typeGuid: verityType },
    { name: emptySlot, typeGuid: rootType },
    { name: emptySlot, typeGuid: verityType },
  ].map(({ name, typeGuid }, index) => ({
    name,
    typeGuid,
    uuid: `b0075001-0000-4000-8000-0000000000a${index}`,
    startByte: (1 + sizes.slice(0, index).reduce((sum, size) => sum + size, 0)) * MiB,
    sizeBytes: (sizes[index] ?? 0) * MiB,
  }));
};

const rootType = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";
const verityType = "2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5";
