import { InternalError } from "../../harness/core/errors.ts";
import { MiB } from "../../harness/core/units.ts";

/** One partition of a disk that we build. Everything is fixed, so that the same input gives the same disk. */
export interface LaidPartition {
  readonly name: string;
  readonly typeGuid: string;
  readonly uuid: string;
  readonly startByte: number;
  readonly sizeBytes: number;
}

export const sectorBytes = 512;

export interface NodeSizes {
  readonly rootMiB: number;
  /** Of a separate ext4 partition for kernels and boot menu; absent: they lie on the root. */
  readonly bootMiB?: number;
}

/**
 * GPT: room for GRUB's core image (BIOS), the EFI system partition, where asked for an ext4 partition labelled `boot`, and
 * one ext4 root partition labelled `root`.
 */
export const nodeDiskLayout = ({ rootMiB, bootMiB }: NodeSizes): readonly LaidPartition[] => [
  {
    name: "bios",
    typeGuid: "21686148-6449-6E6F-744E-656564454649",
    uuid: "b0075001-0000-4000-8000-000000000001",
    startByte: 1 * MiB,
    sizeBytes: 1 * MiB,
  },
  {
    name: "esp",
    typeGuid: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    uuid: "b0075001-0000-4000-8000-000000000002",
    startByte: 2 * MiB,
    sizeBytes: 16 * MiB,
  },
  ...(bootMiB === undefined
    ? []
    : [
        {
          name: "boot",
          typeGuid: "BC13C2FF-59E6-4262-A352-B275FD6F7172",
          uuid: "b0075001-0000-4000-8000-000000000004",
          startByte: 18 * MiB,
          sizeBytes: bootMiB * MiB,
        },
      ]),
  {
    name: "root",
    typeGuid: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
    uuid: "b0075001-0000-4000-8000-000000000003",
    startByte: (18 + (bootMiB ?? 0)) * MiB,
    sizeBytes: rootMiB * MiB,
  },
];

/** @throws {InternalError} when the layout has no such partition. */
export const partitionOf = (layout: readonly LaidPartition[], name: string): LaidPartition => {
  const partition = layout.find((laid) => laid.name === name);
  if (partition === undefined) throw new InternalError(`The layout has no partition ${name}`);
  return partition;
};

export const diskBytesOf = (layout: readonly LaidPartition[]): number =>
  Math.max(...layout.map(({ startByte, sizeBytes }) => startByte + sizeBytes)) + MiB;

/** The input that makes sfdisk write exactly this table. */
export const sfdiskScript = (layout: readonly LaidPartition[]): string =>
  [
    "label: gpt",
    "label-id: b0075001-0000-4000-8000-000000000000",
    ...layout.map(
      ({ name, typeGuid, uuid, startByte, sizeBytes }) =>
        `start=${startByte / sectorBytes}, size=${sizeBytes / sectorBytes}, type=${typeGuid}, uuid=${uuid}, name=${name}`,
    ),
    "",
  ].join("\n");
