import { extractSliceArgs, type ImageFile, replaceSliceArgs } from "../../qemu/qemu-img.ts";
import type { Tool } from "../../qemu/toolchain.ts";
import type { EtcEntry, EtcPlace } from "../agent/injection/etc-unit.ts";
import { toolPath } from "../core/tool.ts";
import type { DiskCommand, DiskWork } from "./disk-work.ts";

/** The file in the machine's directory that the units are written into: a whole disk, or a copy of a partition. */
export const etcLayerName = "etc-layer.raw";

const scriptName = "etc-layer.debugfs";

export type EtcTarget =
  | { readonly place: Extract<EtcPlace, { kind: "disk" }>; readonly sizeBytes: number }
  | {
      readonly place: Extract<EtcPlace, { kind: "partition" }>;
      readonly image: ImageFile;
      /** This machine's own, over `image`. */
      readonly overlay: ImageFile;
    };

/**
 * How the units get into the writable layer of /etc: no mount, no root, and nothing written but this machine's files.
 * debugfs reports what it could not do on stderr alone, so the outcome has to be looked at.
 */
export const etcUnitWork = (
  target: EtcTarget,
  entries: readonly EtcEntry[],
  qemuImg: Tool,
): DiskWork => {
  const files = entries.filter((entry) => entry.kind === "file");
  const script = debugfsScript(target.place.directory, entries);
  const edit: DiskCommand = {
    argv: [toolPath("debugfs"), "-w", "-f", scriptName, etcLayerName],
  };
  return {
    files: [
      ...files.map(({ path, text }) => ({ name: localName(path), text })),
      { name: scriptName, text: `${script.join("\n")}\n` },
    ],
    ...("image" in target
      ? editedPartition(target, edit, qemuImg)
      : editedDisk(target.place.serial, target.sizeBytes, edit, qemuImg)),
    makes: "image" in target ? [] : [etcLayerName],
  };
};

/** Paths of directories that must be there for the entries, parents first. */
export const etcDirectories = (
  directory: string,
  entries: readonly EtcEntry[],
): readonly string[] => {
  const found = new Set<string>();
  for (const { path } of entries) {
    const parts = pathIn(directory, path).split("/").slice(1, -1);
    for (const [index] of parts.entries()) found.add(`/${parts.slice(0, index + 1).join("/")}`);
  }
  return [...found];
};

/** Where an entry of /etc lies in the layer's file system. */
export const pathIn = (directory: string, path: string): string =>
  directory === "/" ? `/${path}` : `${directory}/${path}`;

/** debugfs takes no file for an argument that has a space in it, so the files lie in its working directory. */
const localName = (path: string): string => path.replaceAll("/", "_");

const debugfsScript = (directory: string, entries: readonly EtcEntry[]): readonly string[] => [
  ...etcDirectories(directory, entries).map((path) => `mkdir ${path}`),
  ...entries.flatMap((entry) => {
    const path = pathIn(directory, entry.path);
    if (entry.kind === "link") return [`rm ${path}`, `symlink ${path} ${entry.target}`];
    return [
      `rm ${path}`,
      `write ${localName(entry.path)} ${path}`,
      `set_inode_field ${path} mode 0100644`,
      `set_inode_field ${path} uid 0`,
      `set_inode_field ${path} gid 0`,
    ];
  }),
];

// A default of mke2fs since 1.47 that Linux before 5.15 and the e2fsck of an old image do not know.
const oldEnough = "^orphan_file";

const editedDisk = (
  serial: string,
  sizeBytes: number,
  edit: DiskCommand,
  qemuImg: Tool,
): Pick<DiskWork, "fetch" | "change"> => ({
  fetch: [
    qemuImgCommand(qemuImg, ["create", "-q", "-f", "raw", etcLayerName, String(sizeBytes)]),
    {
      argv: [
        ...[toolPath("mke2fs"), "-q", "-F", "-t", "ext4", "-O", oldEnough],
        ...["-L", serial.slice(0, 16), etcLayerName],
      ],
    },
  ],
  change: [edit],
});

const editedPartition = (
  { place, image, overlay }: Extract<EtcTarget, { image: ImageFile }>,
  edit: DiskCommand,
  qemuImg: Tool,
): Pick<DiskWork, "fetch" | "change"> => {
  const slice = { offsetBytes: place.startByte, lengthBytes: place.sizeBytes };
  const e2fsck = toolPath("e2fsck");
  return {
    fetch: [
      qemuImgCommand(qemuImg, extractSliceArgs(image, slice, etcLayerName)),
      // A journal that the guest would replay over what is written here is replayed before; 1: it mended something.
      { argv: [e2fsck, "-p", etcLayerName], highestGoodExitCode: 1 },
    ],
    change: [
      edit,
      { argv: [e2fsck, "-f", "-n", etcLayerName] },
      qemuImgCommand(qemuImg, replaceSliceArgs(etcLayerName, overlay, slice)),
    ],
  };
};

const qemuImgCommand = ({ file, prefixArgs, env }: Tool, args: readonly string[]): DiskCommand => ({
  argv: [file, ...prefixArgs, ...args],
  env,
});
