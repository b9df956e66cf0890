// The only importer of xxhash-wasm: XXH64 with published test values, and 4 GB/s here without a program for each platform.
import xxhash from "xxhash-wasm";

const { create64, h64Raw } = await xxhash();

/** The low half of XXH64 with seed 0, which is also what Zstandard ends a frame with (RFC 8878 section 3.1.1). */
export const xxh64Low = (...pieces: readonly Uint8Array[]): number => {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return low(h64Raw(only));
  const hash = create64();
  for (const piece of pieces) hash.update(piece);
  return low(hash.digest());
};

const low = (hash: bigint): number => Number(BigInt.asUintN(32, hash));
