import type { Frame } from "../frame.ts";
import { type Framing, framings } from "../framing.ts";

export interface Decoded {
  readonly frames: readonly Frame[];
  readonly text: string;
  readonly damaged: number;
  readonly cuts: number;
}

/** Decodes chunks and then gives up what is unfinished, as at the end of a stream. */
export const decodeAll = (framing: Framing, chunks: readonly Buffer[]): Decoded => {
  const frames: Frame[] = [];
  const texts: Buffer[] = [];
  let damaged = 0;
  let cuts = 0;
  const decoder = framings[framing].decoder({
    onFrame: (frame) => frames.push({ ...frame, payload: Buffer.from(frame.payload) }),
    onText: (text) => texts.push(Buffer.from(text)),
    onDamaged: () => {
      damaged += 1;
    },
    onCut: (count) => {
      cuts += count;
    },
  });
  for (const chunk of chunks) decoder.push(chunk);
  decoder.abandonPartial();
  return { frames, text: Buffer.concat(texts).toString("latin1"), damaged, cuts };
};

export const split = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
};
