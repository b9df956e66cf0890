const plain = /^[\x20-\x7e]*$/;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Text for the facts from bytes of an image, given as latin1. Sound UTF-8 without control characters stays as it is; all
 * else, line breaks and broken UTF-8 among it, is written $'…' with \xNN for each odd byte. No byte is lost, and the mark
 * cannot be mistaken for an absolute path.
 */
export const factText = (bytes: string): string => {
  if (plain.test(bytes) && !bytes.startsWith("$'")) return bytes;
  return utf8Text(bytes) ?? `$'${escaped(bytes)}'`;
};

const utf8Text = (bytes: string): string | undefined => {
  if (bytes.startsWith("$'")) return undefined;
  try {
    const text = strictUtf8.decode(Buffer.from(bytes, "latin1"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return /[\x00-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

const escaped = (bytes: string): string =>
  bytes.replaceAll(/[^\x20-\x7e]|[\\']/g, (char) => {
    if (char === "\\" || char === "'") return `\\${char}`;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
