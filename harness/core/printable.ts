/**
 * Makes guest or file bytes safe for a terminal: control characters (escape sequences among them), bidirectional
 * overrides and lone surrogates come out as visible \x.. or \u.... text. Tabs stay.
 */
export const printable = (text: string, maxLength = 2000): string => {
  const cut =
    text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
  return cut.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu,
    (char) => {
      const code = char.charCodeAt(0);
      return code < 256
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    },
  );
};
