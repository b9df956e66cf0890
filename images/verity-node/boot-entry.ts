import { ImageError } from "../../harness/core/errors.ts";
import { slotLabel } from "./verity-layout.ts";

/** Stands in a kernel command line where the root hash comes in, which is known once the root is sealed. */
const rootHashPlace = "@root-hash@";

/** The kernel's arguments, as changes see them: `start` of the line and a blank after each argument. */
export const argumentsLine = (stated: readonly string[]): string =>
  `\noptions ${[...stated, `roothash=${rootHashPlace}`].join(" ")} \n`;

/** What the kernel is started with, less what comes with the slot. */
export const statedArguments = (line: string): readonly string[] =>
  wordsOf(line).filter((word) => !word.startsWith("roothash="));

const wordsOf = (line: string): readonly string[] =>
  line
    .replace("\noptions ", "")
    .split(" ")
    .map((word) => word.trim())
    .filter((word) => word !== "");

export interface SealedBoot {
  readonly version: string;
  readonly rootHash: string;
  /** As `argumentsLine` gave it, perhaps changed. */
  readonly arguments: string;
}

/** The version is in file names, partition labels and patterns of systemd-sysupdate. */
export const requireVersion = (version: string): string => {
  if (/^[0-9][0-9A-Za-z.]{0,15}$/.test(version)) return version;
  throw new ImageError(
    "IMAGE_BUILD",
    `The version of a release with two slots should be a digit and up to 15 letters, digits and dots, but is ${JSON.stringify(version)}`,
  );
};

/**
 * A boot entry (Boot Loader Specification, type 1). Of entries with one sort-key the loader takes that of the highest version
 * first. The partitions are named, for of themselves systemd's tools look for partitions whose UUIDs are the root hash.
 */
export const bootEntry = ({ version, rootHash, arguments: line }: SealedBoot): string => {
  const options = [
    ...wordsOf(line.replace(rootHashPlace, rootHash)),
    `systemd.verity_root_data=PARTLABEL=${slotLabel("root", version)}`,
    `systemd.verity_root_hash=PARTLABEL=${slotLabel("verity", version)}`,
    // Else a damaged block is an error for one program, and a boot may be blessed all the same.
    "systemd.verity_root_options=panic-on-corruption",
  ];
  return [
    "title Debian 13 container node",
    `version ${version}`,
    "sort-key node",
    `linux /os/${kernelName(version)}`,
    `initrd /os/${initrdName(version)}`,
    `options ${options.join(" ")}`,
    "",
  ].join("\n");
};

export const kernelName = (version: string): string => `vmlinuz_${version}`;
export const initrdName = (version: string): string => `initrd_${version}`;
/** Without counters: of a boot that is known to be good. */
export const entryName = (version: string): string => `os_${version}.conf`;
