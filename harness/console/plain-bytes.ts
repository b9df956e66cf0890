/**
 * Whether the bytes hold no control character but tabs, line feeds, and carriage returns before a line feed, so that
 * their lines can be shown as they stand. Four bytes at a time: this is done for every byte of the console.
 */
export const arePlain = (bytes: Uint8Array): boolean => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordsEnd = bytes.length - (bytes.length % 4);
  for (let start = 0; start < wordsEnd; start += 4) {
    if (!mayHoldControl(view.getUint32(start, true))) continue;
    for (let index = start; index < start + 4; index += 1) {
      if (!isPlainAt(bytes, index)) return false;
    }
  }
  for (let index = wordsEnd; index < bytes.length; index += 1) {
    if (!isPlainAt(bytes, index)) return false;
  }
  return true;
};

// "Bit Twiddling Hacks", hasless(word, 0x20) and haszero(word ^ 0x7f7f7f7f): never false for a word with such a byte.
const mayHoldControl = (word: number): boolean => {
  const deletes = word ^ 0x7f7f7f7f;
  return ((((word - 0x20202020) & ~word) | ((deletes - 0x01010101) & ~deletes)) & 0x80808080) !== 0;
};

const isPlainAt = (bytes: Uint8Array, index: number): boolean => {
  const byte = bytes[index] ?? 0;
  if (byte > 31) return byte !== 127;
  return byte === 9 || byte === 10 || (byte === 13 && bytes[index + 1] === 10);
};
