import type { Backing, Disk } from "./machine-spec.ts";
import type { Problem } from "./problem.ts";
import { duplicateProblems } from "./validate-duplicates.ts";

// VIRTIO 1.2, 5.2.6: the id string of a virtio block device has 20 bytes; QEMU cuts longer serials without a word.
const maxSerialBytes = 20;
// QEMU: 31 characters for a block node name (block.c, "Node name too long"), of which "disk-" takes 5.
const idPattern = /^[A-Za-z][A-Za-z0-9._-]{0,19}$/;

/** What is wrong with the disks, one by one and taken together. */
export const blockProblems = (
  disks: readonly Disk[],
  fileExists: (path: string) => boolean,
): readonly Problem[] => [
  ...disks.flatMap((disk, index) => diskProblems(disk, `disks[${index}]`, fileExists)),
  ...duplicateProblems(
    disks.map(({ id }) => id),
    (index) => `disks[${index}].id`,
  ),
  ...duplicateProblems(
    disks.map(({ serial }) => serial),
    (index) => `disks[${index}].serial`,
  ),
  ...duplicateProblems(
    disks.map(({ bootIndex }) => bootIndex),
    (index) => `disks[${index}].bootIndex`,
  ),
  ...duplicateProblems(
    // Two machines' worth of writers on one file ends in a lock error; readers may share.
    disks.map(({ path, readOnly }) => (readOnly ? undefined : path)),
    (index) => `disks[${index}].path`,
  ),
];

const diskProblems = (
  disk: Disk,
  at: string,
  fileExists: (path: string) => boolean,
): readonly Problem[] => {
  const problems: Problem[] = [];
  if (!idPattern.test(disk.id)) {
    problems.push({
      path: `${at}.id`,
      message: `Expected a letter and up to 19 of a-z A-Z 0-9 . _ -, saw ${JSON.stringify(disk.id)}`,
      remedy: "Choose a plain id",
    });
  }
  problems.push(...serialProblems(disk.serial, `${at}.serial`));
  if (!fileExists(disk.path)) problems.push(missing(`${at}.path`, disk.path));
  if (
    disk.bootIndex !== undefined &&
    !(Number.isSafeInteger(disk.bootIndex) && disk.bootIndex >= 0)
  ) {
    problems.push({
      path: `${at}.bootIndex`,
      message: `Expected a whole number from 0, saw ${disk.bootIndex}`,
      remedy: "Give the boot disk bootIndex 0",
    });
  }
  if (disk.backing !== undefined && disk.format === "raw") {
    problems.push(rawOverlay(`${at}.backing`));
  }
  problems.push(...backingProblems(disk.backing, `${at}.backing`, fileExists));
  return problems;
};

const serialProblems = (serial: string, path: string): readonly Problem[] => {
  const bytes = Buffer.byteLength(serial);
  if (bytes > maxSerialBytes) {
    return [
      {
        path,
        message: `Expected at most ${maxSerialBytes} bytes, saw ${bytes}: ${JSON.stringify(serial.slice(0, 100))}`,
        remedy: "Shorten the serial",
      },
    ];
  }
  // udev replaces other characters in /dev/disk/by-id, so the guest would look for a name that is not there.
  return /^[A-Za-z0-9._-]+$/.test(serial)
    ? []
    : [
        {
          path,
          message: `Expected characters of a-z A-Z 0-9 . _ -, saw ${JSON.stringify(serial)}`,
          remedy: "Choose a plain serial",
        },
      ];
};

const backingProblems = (
  backing: Backing | undefined,
  at: string,
  fileExists: (path: string) => boolean,
): readonly Problem[] => {
  if (backing === undefined) return [];
  return [
    ...(fileExists(backing.path) ? [] : [missing(`${at}.path`, backing.path)]),
    ...(backing.format === "raw" && backing.backing !== undefined
      ? [rawOverlay(`${at}.backing`)]
      : []),
    ...backingProblems(backing.backing, `${at}.backing`, fileExists),
  ];
};

const missing = (path: string, file: string): Problem => ({
  path,
  message: `No file at ${file}`,
  remedy: "Give the path of an existing file",
});

const rawOverlay = (path: string): Problem => ({
  path,
  message: "A raw file has no backing file",
  remedy: "Make a qcow2 overlay with createOverlay",
});
