// Layout: kernel Documentation/filesystems/ext4/directory.rst. The inner nodes of a hashed directory look like unused
// entries to who reads it as a list, and so does a block's checksum.

/** The entries of one block, without `.` and `..`; undefined when a length makes no sense. */
export const parseDirectory = (
  block: Buffer,
): readonly { readonly name: string; readonly inode: number }[] | undefined => {
  const entries: { readonly name: string; readonly inode: number }[] = [];
  for (let at = 0; at < block.length; ) {
    if (at + 8 > block.length) return undefined;
    const inode = block.readUInt32LE(at);
    const recordBytes = block.readUInt16LE(at + 4);
    const nameBytes = block.readUInt8(at + 6);
    const isSound =
      recordBytes >= 8 + nameBytes && recordBytes % 4 === 0 && at + recordBytes <= block.length;
    if (!isSound) return undefined;
    const name = block.toString("latin1", at + 8, at + 8 + nameBytes);
    if (inode !== 0 && name !== "" && name !== "." && name !== "..") entries.push({ name, inode });
    at += recordBytes;
  }
  return entries;
};
