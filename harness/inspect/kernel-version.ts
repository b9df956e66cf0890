import type { FileBytes } from "./file-bytes.ts";

/**
 * The version that an x86 kernel image states of itself, "" when it states none; undefined for any other file. Layout:
 * kernel Documentation/arch/x86/boot.rst.
 */
export const kernelVersion = (bytes: FileBytes, head: Buffer): string | undefined => {
  const isKernel =
    head.length >= 0x210 &&
    head.readUInt16LE(0x1fe) === 0xaa_55 &&
    head.toString("latin1", 0x202, 0x206) === "HdrS";
  if (!isKernel) return undefined;
  const pointer = head.readUInt16LE(0x20e);
  if (pointer === 0) return "";
  const text = bytes.read(pointer + 0x200, 256);
  const end = text.indexOf(0);
  return text.toString("latin1", 0, Math.max(end, 0)).split(" ")[0] ?? "";
};
