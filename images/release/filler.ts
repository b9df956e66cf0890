import { createCipheriv } from "node:crypto";
import { MiB } from "../../harness/core/units.ts";

/** Where a release has it that is to be larger than there is room. */
export const fillerPath = "/usr/lib/release/filler";

/** The same bytes each time, which cannot be packed. */
export const filler = (sizeMiB: number): Buffer =>
  createCipheriv("aes-128-ctr", Buffer.alloc(16), Buffer.alloc(16)).update(
    Buffer.alloc(sizeMiB * MiB),
  );
