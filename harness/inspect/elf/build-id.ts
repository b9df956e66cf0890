const buildIdType = 3;
const maxBuildIdBytes = 64;

/**
 * The build id among ELF notes (NT_GNU_BUILD_ID), as hex. A note is name size, content size, type, name and content, both
 * padded to 4 bytes: gABI 4.1, "Note Section". A length that leads out of the notes ends the search.
 */
export const buildIdOfNotes = (
  notes: Buffer,
  order: "little-endian" | "big-endian" = "little-endian",
): string | undefined => {
  const word = (at: number): number =>
    order === "big-endian" ? notes.readUInt32BE(at) : notes.readUInt32LE(at);
  for (let at = 0; at + 12 <= notes.length; ) {
    const content = at + 12 + padded(word(at));
    const end = content + word(at + 4);
    const isBuildId =
      word(at + 8) === buildIdType && notes.toString("latin1", at + 12, at + 16) === "GNU\0";
    if (isBuildId && end > content && end <= Math.min(content + maxBuildIdBytes, notes.length)) {
      return notes.toString("hex", content, end);
    }
    at = content + padded(end - content);
  }
  return undefined;
};

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;
