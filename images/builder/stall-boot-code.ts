import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { ImageError } from "../../harness/core/errors.ts";
import type { BootCodeStage } from "../mutant.ts";
import { nodeDiskLayout, partitionOf, sectorBytes } from "./disk-layout.ts";

interface StagePlace {
  /** The sector that holds the stage's code, and how much of it is code. */
  readonly sector: number;
  readonly codeBytes: number;
  /** Where the stage before loads it to, below 64 KiB. */
  readonly address: number;
  /** A sector between the partition table's entries and the first partition, which nothing uses. */
  readonly savedIn: number;
}

/**
 * Makes the BIOS boot code of a disk wait before it does its work. The code is moved to a free sector, and what takes its
 * place waits, loads it and jumps to it with all registers as they were.
 * @throws {ImageError} IMAGE_BUILD when the stage waits already.
 */
export const stallBootCode = (diskPath: string, stage: BootCodeStage, seconds: number): void => {
  const place = places[stage];
  const disk = openSync(diskPath, "r+");
  try {
    const code = readSector(disk, place.sector);
    if (readSector(disk, place.savedIn).some((byte) => byte !== 0)) {
      throw new ImageError("IMAGE_BUILD", `The ${stage} of ${diskPath} is stalled already`);
    }
    writeSync(disk, code, 0, sectorBytes, place.savedIn * sectorBytes);
    const stalling = Buffer.alloc(place.codeBytes);
    waitThenLoad(place, seconds).copy(stalling);
    writeSync(disk, stalling, 0, stalling.length, place.sector * sectorBytes);
  } finally {
    closeSync(disk);
  }
};

// In GPT the entries end with sector 33. The bytes after 440 of the first sector are the protective partition table; the
// list of sectors at the end of GRUB's first core sector is read by the code in that sector only.
const coreSector = partitionOf(nodeDiskLayout({ rootMiB: 1 }), "bios").startByte / sectorBytes;
const places: Readonly<Record<BootCodeStage, StagePlace>> = {
  "boot-sector": { sector: 0, codeBytes: 440, address: 0x7c00, savedIn: 34 },
  "core-image": { sector: coreSector, codeBytes: 512, address: 0x8000, savedIn: 35 },
};

const readSector = (disk: number, sector: number): Buffer => {
  const bytes = Buffer.alloc(sectorBytes);
  readSync(disk, bytes, 0, sectorBytes, sector * sectorBytes);
  return bytes;
};

/** The BIOS timer counts 1193182 / 65536 ticks a second at 0040:006C. */
const ticksPerSecond = 1_193_182 / 65_536;

// The processor halts between two ticks, so that the wait is idle time. Real mode; DL is the drive.
const waitThenLoad = ({ address, savedIn }: StagePlace, seconds: number): Buffer => {
  const code = Buffer.from(
    [
      "60 1e 06", //          00  pusha; push ds; push es
      "31c0 8ed8 8ec0 fb", // 03  xor ax,ax; mov ds,ax; mov es,ax; sti
      "b9 0000", //           0a  mov cx,TICKS
      "8b1e 6c04", //         0d  tick: mov bx,[046c]
      "f4", //                11  wait: hlt
      "391e 6c04 74f9", //    12  cmp [046c],bx; je wait
      "e2f3", //              18  loop tick
      "fc be 0000", //        1a  cld; mov si,ADDRESS
      "bf 0006 b9 0001", //   1e  mov di,0600; mov cx,256
      "f3a5 ea 2b06 0000", // 24  rep movsw; jmp 0000:062b, the next instruction in the copy
      "be 3f06 b442 cd13", // 2b  mov si,063f; mov ah,42; int 13: read the sector back to ADDRESS
      "7208", //              32  jc stop
      "07 1f 61", //          34  pop es; pop ds; popa
      "ea 0000 0000", //      37  jmp 0000:ADDRESS
      "f4 ebfd", //           3c  stop: hlt; jmp stop
      "1000 0100", //         3f  the disk address packet of int 13 (EDD): its size, 1 sector
      "0000 0000", //         43  to 0000:ADDRESS
      "00000000 00000000", // 47  from SECTOR
    ]
      .join("")
      .replaceAll(" ", ""),
    "hex",
  );
  code.writeUInt16LE(Math.round(seconds * ticksPerSecond), 0x0b);
  for (const operand of [0x1c, 0x38, 0x43]) code.writeUInt16LE(address, operand);
  code.writeUInt32LE(savedIn, 0x47);
  return code;
};
