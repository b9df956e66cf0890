import { createHash } from "node:crypto";

/** Numbers from 0 to less than 1, the same ones for a seed on every machine. */
export const seededNumbers = (seed: string): (() => number) => {
  let round = 0;
  let block: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at + 4 > block.length) {
      block = createHash("sha256").update(`${seed}#${round}`).digest();
      round += 1;
      at = 0;
    }
    const value = block.readUInt32LE(at) / 2 ** 32;
    at += 4;
    return value;
  };
};
