import { ImageError } from "../../core/errors.ts";
import { openShippedDisk } from "../shipped-disk.ts";
import { entriesOnEsp, optionOf } from "./esp-menu.ts";
import { readTable, type TableFacts } from "./partition-table.ts";

/** What is known of one release of an image with sealed slots, from the disk that it was shipped on. */
export interface VerityRelease {
  readonly rootHash: string;
  /** sha256 of what the entry names. */
  readonly kernel: string;
  readonly initrds: readonly string[];
  readonly root: SlotContent;
  readonly verity: SlotContent;
  /** The partition table of the disk. */
  readonly table: TableFacts;
}

/** All of a slot, as the release was shipped in it. */
export interface SlotContent {
  readonly sizeBytes: number;
  /** As `rangeDigest` names it. */
  readonly digest: string;
}

/**
 * Reads the one entry of a shipped disk and what it names; a second for a root of 300 MiB.
 * @throws {ImageError} IMAGE_UNUSABLE when the disk has no entry for a sealed root.
 */
export const readVerityRelease = async (path: string, espLabel = "esp"): Promise<VerityRelease> => {
  using disk = openShippedDisk(path);
  const esp = disk.partitions.find(({ label }) => label === espLabel);
  const table = readTable(disk);
  const [entry] = esp === undefined ? [] : await entriesOnEsp(disk, esp);
  const rootHash = entry === undefined ? undefined : optionOf(entry.options, "roothash");
  const slot = (option: string): SlotContent | undefined => {
    const label = slotLabel(entry?.options ?? "", option);
    const partition = disk.partitions.find((one) => one.label === label);
    return partition === undefined
      ? undefined
      : {
          sizeBytes: partition.sizeBytes,
          digest: disk.rangeDigest(partition.startByte, partition.sizeBytes),
        };
  };
  const root = slot("systemd.verity_root_data");
  const verity = slot("systemd.verity_root_hash");
  const initrds = entry?.initrds.filter((one) => one !== undefined) ?? [];
  if (
    entry?.kernel === undefined ||
    initrds.length === 0 ||
    rootHash === undefined ||
    root === undefined ||
    verity === undefined ||
    table === undefined
  ) {
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `Expected a disk with an entry that names a kernel, an initrd and a sealed root, but ${path} has none`,
      { hint: "Build the release again" },
    );
  }
  return { rootHash, kernel: entry.kernel, initrds, root, verity, table };
};

/** The partition's label that an option of systemd-veritysetup-generator names. */
export const slotLabel = (options: string, option: string): string | undefined =>
  /^PARTLABEL=(.+)$/.exec(optionOf(options, option) ?? "")?.[1];
