import { basename, resolve } from "node:path";
import { ImageError } from "../harness/core/errors.ts";
import { formatBytes } from "../harness/core/units.ts";
import { openHeaders } from "./header-reader.ts";
import { type ImageFileFacts, identifyImageFile } from "./image-file.ts";
import { biosBootGuid, espGuid, readPartitionTable } from "./partition-table.ts";
import type { ImageFileSource, StatedManifest } from "./schema.ts";
import { verifyImageHeaders } from "./verify-image-file.ts";

export interface BareFileManifest {
  readonly manifest: StatedManifest;
  /** What was assumed, one sentence each, for the user. */
  readonly notes: readonly string[];
}

/**
 * A manifest for a raw or qcow2 file that came without one: everything is the default but its profile, which is detected, and
 * what had to be guessed is said in `notes`.
 * @throws {ImageError} IMAGE_UNUSABLE when the file is neither raw nor qcow2, is damaged, or names other files.
 */
export const manifestForBareFile = (path: string): BareFileManifest => {
  const source = sourceOfBareFile(path);
  const { format } = source;
  const facts = verifyImageHeaders(source);
  const { firmware, why } = firmwareFor(facts);
  return {
    manifest: {
      schema: 1,
      name: nameOf(path),
      title: basename(path),
      source,
      profile: "detect",
      machine: {
        memoryMiB: 1024,
        cpus: 2,
        boot:
          firmware === "bios"
            ? { kind: "firmware", firmware }
            : { kind: "firmware", firmware, secureBoot: false },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "microsoft" },
      },
      systemDisk: { readOnly: false, rootPartition: "none" },
      disks: [],
      credentials: {},
      console: { device: "ttyS0" },
      agent: { injection: ["credentials"] },
      ready: { kind: "agent" },
      deadlines: { bootMs: { kvm: 120_000, tcg: 480_000 } },
      budgets: [],
    },
    notes: [
      `${path} has no manifest: ${format} by its header, ${formatBytes(facts.sizeBytes)}`,
      ...(facts.realPath === resolve(path) ? [] : [`It is a link to ${facts.realPath}`]),
      `Firmware ${firmware}: ${why}`,
      "The disk gets a writable overlay, the file is not written",
    ],
  };
};

/**
 * What a manifest would say of a file that came without one; no other file may be named in it.
 * @throws {ImageError} IMAGE_UNUSABLE when it is not a readable regular file.
 */
export const sourceOfBareFile = (path: string): ImageFileSource => {
  const format = identifyImageFile(path).content.kind === "qcow2" ? "qcow2" : "raw";
  return { kind: "file", path: resolve(path), format, allowBacking: [] };
};

/** UEFI only when the disk cannot boot by BIOS: images that can do both are the rule, and BIOS boots faster. */
const firmwareFor = (
  facts: ImageFileFacts,
): { readonly firmware: "bios" | "uefi"; readonly why: string } => {
  if (facts.content.kind === "qcow2") {
    return { firmware: "bios", why: "the partition table inside a qcow2 file was not read" };
  }
  const { scheme, partitions } = readPartitionTable(facts.path);
  const has = (guid: string): boolean => partitions.some(({ typeGuid }) => typeGuid === guid);
  const hasEsp = scheme === "gpt" && has(espGuid);
  if (hasEsp && has(biosBootGuid)) {
    return { firmware: "bios", why: "there is a BIOS boot partition" };
  }
  if (hasBootCode(facts.path)) return { firmware: "bios", why: "there is boot code in the MBR" };
  if (hasEsp) {
    return {
      firmware: "uefi",
      why: "there is an EFI system partition and nothing to boot by BIOS",
    };
  }
  throw new ImageError(
    "IMAGE_UNUSABLE",
    `Expected boot code in the MBR or an EFI system partition in image file ${facts.path}, but found neither: no firmware can boot it`,
    {
      hint: "Install a boot loader in it, or write a manifest that names a kernel (machine.boot.kernel)",
    },
  );
};

/** The first 440 bytes of the disk are the MBR's program, which counts when the sector ends in 55 AA. */
const hasBootCode = (path: string): boolean => {
  using reader = openHeaders(path);
  const sector = reader.head.subarray(0, 512);
  return (
    sector.length === 512 &&
    sector.readUInt16LE(510) === 0xaa_55 &&
    sector.subarray(0, 440).some((byte) => byte !== 0)
  );
};

/** A name from the file's name, within the rules for names. */
const nameOf = (path: string): string => {
  const name = basename(path)
    .toLowerCase()
    .replace(/\.(raw|qcow2|img|disk)$/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 64)
    .replace(/-$/, "");
  return name === "" ? "image" : name;
};
