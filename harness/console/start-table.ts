/** Tells whether one of many texts stands at a place of another. */
export type StartTable = (text: string, index: number) => boolean;

/** Of the starts, which are ASCII, only those with the right first character are tried: few, mostly none. */
export const createStartTable = (starts: readonly string[]): StartTable => {
  const byFirstCode = Array.from({ length: 128 }, (_, code) => {
    const own = starts.filter((start) => start.charCodeAt(0) === code);
    return own.length === 0 ? undefined : new RegExp(oneOf(own), "y");
  });
  return (text, index) => {
    const code = index < text.length ? text.charCodeAt(index) : byFirstCode.length;
    const regex = code < byFirstCode.length ? byFirstCode[code] : undefined;
    if (regex === undefined) return false;
    regex.lastIndex = index;
    return regex.test(text);
  };
};

/** The source of a regex for any of the texts. */
export const oneOf = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
