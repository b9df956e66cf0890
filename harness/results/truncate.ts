/**
 * Cuts text to at most `maxBytes` of UTF-8, mark included, at a character boundary. Lone surrogates, which no file can
 * hold, become U+FFFD.
 */
export const truncate = (text: string, maxBytes: number): string => {
  const whole = text.toWellFormed();
  const bytes = Buffer.byteLength(whole);
  if (bytes <= maxBytes) return whole;
  const mark = `… (cut; ${bytes} bytes in all)`;
  const kept = Buffer.from(whole).subarray(0, Math.max(0, maxBytes - Buffer.byteLength(mark)));
  // Decoding in stream mode leaves out a character that the cut split.
  return new TextDecoder().decode(kept, { stream: true }) + mark;
};
