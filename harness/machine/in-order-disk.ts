import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Disk } from "../../qemu/machine-spec.ts";

/** Text of a file that makes a raw disk one of several parts, here of one. */
export interface DiskDescriptor {
  /** Relative to the machine's directory. */
  readonly name: string;
  readonly text: string;
}

const sectorBytes = 512;

/**
 * Puts a raw disk behind QEMU's driver for vmdk, whose descriptor says that the disk is a whole raw file. It works off one
 * request after the other, in the order in which they came (block/vmdk.c holds its lock while it reads or writes). Other
 * drivers hand on all at once, and those of one turn end in any order: the guest then does the same work in another order,
 * seen in 1 of 12 counted boots (2026-12-01). Disks of other formats stay as they are.
 */
export const inOrder = (
  disk: Disk,
  directory: string,
): { readonly disk: Disk; readonly descriptor?: DiskDescriptor } => {
  // In a descriptor a name ends at the next quotation mark.
  if (disk.format !== "raw" || /["\n\r]/.test(disk.path)) return { disk };
  const name = `${disk.id}.vmdk`;
  const file = dirname(disk.path) === directory ? basename(disk.path) : disk.path;
  const sectors = Math.floor(statSync(disk.path).size / sectorBytes);
  const text = [
    "# Disk DescriptorFile",
    "version=1",
    "CID=fffffffe",
    "parentCID=ffffffff",
    'createType="monolithicFlat"',
    `RW ${sectors} FLAT "${file}" 0`,
    "",
  ].join("\n");
  return { disk: { ...disk, descriptorPath: join(directory, name) }, descriptor: { name, text } };
};
