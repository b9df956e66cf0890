// The only importer of @node-rs/crc32: the CPU's CRC instruction, 3.8 GB/s here against 0.4 for a table in JavaScript.
import { crc32c as nativeCrc32c } from "@node-rs/crc32";

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4); `previous` continues over a further piece. */
export const crc32c = (bytes: Uint8Array, previous?: number): number =>
  nativeCrc32c(bytes, previous);
