import { printable } from "../core/printable.ts";

/** Guest text that is safe in any report: `printable`, and the two noncharacters that XML and YAML cannot hold. */
export const visibleText = (text: string, maxLength = 20_000): string =>
  printable(text, maxLength).replace(
    /[\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );

/** The same, with line ends kept. */
export const visibleLines = (text: string, maxLength = 20_000): readonly string[] =>
  text
    .slice(0, maxLength)
    .split(/\r?\n/)
    .map((line) => visibleText(line, maxLength));
