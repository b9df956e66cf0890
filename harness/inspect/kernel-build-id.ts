// The layout of a kernel image for x86: kernel Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { MiB } from "../core/units.ts";
import { readElf } from "./elf/elf-file.ts";
import { bytesOfBuffer } from "./file-bytes.ts";

export type KernelBuildId =
  | { readonly kind: "known"; readonly buildId: string }
  /** No kernel image, or one without a build id. */
  | { readonly kind: "none"; readonly reason: string }
  /** Compressed in a way that is not read here. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** A kernel of Debian 13 has 55 MiB. */
const maxKernelBytes = 512 * MiB;

const limits = { maxOutputLength: maxKernelBytes } as const;
const decompressors = [
  { magic: "1f8b", decompress: (bytes: Buffer) => gunzipSync(bytes, limits) },
  { magic: "28b52ffd", decompress: (bytes: Buffer) => zstdDecompressSync(bytes, limits) },
] as const;

/** The build id of the ELF file that is compressed within a kernel image: the one that /sys/kernel/notes has when it runs. */
export const kernelBuildId = (image: Buffer): KernelBuildId => {
  const isKernel =
    image.length >= 0x250 &&
    image.toString("latin1", 0x202, 0x206) === "HdrS" &&
    image[0x1ff] === 0xaa;
  if (!isKernel) return { kind: "none", reason: "it is no kernel image for x86" };
  const setupSectors = image[0x1f1] ?? 0;
  // 0 stands for 4, as the oldest loaders left it.
  const start = ((setupSectors === 0 ? 4 : setupSectors) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  const known = decompressors.find(({ magic }) => payload.toString("hex", 0, 4).startsWith(magic));
  if (known === undefined) {
    const mark = payload.toString("hex", 0, 6);
    return { kind: "unreadable", reason: `its content begins with ${mark}, neither gzip nor zstd` };
  }
  let kernel: Buffer;
  try {
    // The build puts the uncompressed size behind the compressed bytes.
    kernel = known.decompress(payload.subarray(0, -4));
  } catch (error) {
    return { kind: "none", reason: `its content cannot be decompressed: ${String(error)}` };
  }
  const buildId = readElf(bytesOfBuffer(kernel))?.buildId;
  return buildId === undefined
    ? { kind: "none", reason: "what it contains has no build id" }
    : { kind: "known", buildId };
};
