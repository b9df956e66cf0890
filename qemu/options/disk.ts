import type { Backing, Disk } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/** One virtio-blk disk. `driver` is always given, so that no content that a guest wrote can choose the format. */
export const diskOptions = (disk: Disk): readonly string[] => [
  ...["-blockdev", JSON.stringify(blockNode(disk))],
  ...[
    "-device",
    keyval(
      "virtio-blk-pci",
      ["id", nodeName(disk.id)],
      ["drive", nodeName(disk.id)],
      ["serial", disk.serial],
      ["bootindex", disk.bootIndex],
    ),
  ],
];

/** What QMP calls the disk, as block node and as device. */
const nodeName = (diskId: string): string => `disk-${diskId}`;

// JSON because only JSON can say `"backing": null`; leaving the key out makes QEMU open whatever the header names.
const blockNode = (disk: Disk): Readonly<Record<string, unknown>> => ({
  driver: disk.format,
  "node-name": nodeName(disk.id),
  "read-only": disk.readOnly,
  discard: disk.discard === true ? "unmap" : "ignore",
  // Flushes to the host's disk protect against the host losing power, which ends the run anyway.
  ...(disk.readOnly ? {} : { cache: { "no-flush": true } }),
  file: {
    driver: "file",
    filename: disk.path,
    "read-only": disk.readOnly,
    discard: disk.discard === true ? "unmap" : "ignore",
  },
  ...(disk.format === "qcow2" ? { backing: backingNode(disk.backing) } : {}),
});

const backingNode = (backing: Backing | undefined): Readonly<Record<string, unknown>> | null =>
  backing === undefined
    ? null
    : {
        driver: backing.format,
        "read-only": true,
        file: { driver: "file", filename: backing.path, "read-only": true },
        ...(backing.format === "qcow2" ? { backing: backingNode(backing.backing) } : {}),
      };
