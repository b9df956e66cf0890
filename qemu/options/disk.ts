import type { Backing, Disk, InstructionCounting, WriteFault } from "../machine-spec.ts";
import { synchronousNames } from "./counting.ts";
import { keyval } from "./keyval.ts";

/** One virtio-blk disk. `driver` is always given, so that no content that a guest wrote can choose the format. */
export const diskOptions = (disk: Disk, counting?: InstructionCounting): readonly string[] => [
  ...["-blockdev", JSON.stringify(topNode(disk))],
  ...[
    "-device",
    keyval(
      "virtio-blk-pci",
      ["id", nodeName(disk.id)],
      ["drive", nodeName(disk.id)],
      ["serial", disk.serial],
      ["bootindex", disk.bootIndex],
      ...synchronousNames(counting),
    ),
  ],
];

/** What QMP calls the disk, as block node and as device. */
const nodeName = (diskId: string): string => `disk-${diskId}`;

type BlockNode = Readonly<Record<string, unknown>>;

/** What the device sees: the disk, below filters that watch or disturb it. */
const topNode = (disk: Disk): BlockNode => {
  const recorded = recordedNode(disk);
  const top = disk.writeFault === undefined ? recorded : faultNode(disk.writeFault, recorded);
  const { driver, ...rest } = top;
  return { driver, "node-name": nodeName(disk.id), ...rest };
};

// The filter itself has no `no-flush`: a flush that is not asked of it is not in its log.
const recordedNode = (disk: Disk): BlockNode =>
  disk.writeLogPath === undefined
    ? blockNode(disk)
    : {
        driver: "blklogwrites",
        discard: "unmap",
        file: blockNode({ ...disk, discard: true }),
        log: { driver: "file", filename: disk.writeLogPath, cache: { "no-flush": true } },
      };

/** blkdebug counts by states, which begin at 1: each finished write leads to the next, and the last fails all others. */
const faultNode = ({ afterWrites, error }: WriteFault, image: BlockNode): BlockNode => ({
  driver: "blkdebug",
  image,
  // An empty list is refused: QEMU's option parser sees no element of it.
  ...(afterWrites === 0
    ? {}
    : {
        "set-state": Array.from({ length: afterWrites }, (_, index) => ({
          event: "pwritev_done",
          state: index + 1,
          new_state: index + 2,
        })),
      }),
  "inject-error": [
    {
      event: "pwritev",
      iotype: "write",
      state: afterWrites + 1,
      errno: error === "io" ? 5 : 28,
      once: false,
    },
  ],
});

// JSON because only JSON can say `"backing": null`; leaving the key out makes QEMU open whatever the header names.
const blockNode = (disk: Disk): BlockNode => ({
  driver: disk.format,
  "read-only": disk.readOnly,
  discard: disk.discard === true ? "unmap" : "ignore",
  // Flushes to the host's disk protect against the host losing power, which ends the run anyway.
  ...(disk.readOnly ? {} : { cache: { "no-flush": true } }),
  file: fileNode(disk),
  ...(disk.format === "qcow2" ? { backing: backingNode(disk.backing) } : {}),
});

const fileNode = (disk: Disk): BlockNode => {
  const file = (filename: string): BlockNode => ({
    driver: "file",
    filename,
    "read-only": disk.readOnly,
    discard: disk.discard === true ? "unmap" : "ignore",
  });
  if (disk.descriptorPath === undefined) return file(disk.path);
  return {
    driver: "vmdk",
    "read-only": disk.readOnly,
    ...(disk.readOnly ? {} : { cache: { "no-flush": true } }),
    file: file(disk.descriptorPath),
  };
};

const backingNode = (backing: Backing | undefined): BlockNode | null =>
  backing === undefined
    ? null
    : {
        driver: backing.format,
        "read-only": true,
        file: { driver: "file", filename: backing.path, "read-only": true },
        ...(backing.format === "qcow2" ? { backing: backingNode(backing.backing) } : {}),
      };
