// rpm's own database "ndb" (file Packages.db, SUSE): rpm's lib/backend/ndb/rpmpkg.c. All numbers are little-endian.

const headerMagic = "RpmP";
const slotMagic = "Slot";
const blobMagic = "BlbS";
const pageBytes = 4096;
const slotBytes = 16;
const blockBytes = 16;
const blobHeaderBytes = 16;
const maxSlotPages = 16_384;

export const isNdb = (file: Buffer): boolean =>
  file.length >= pageBytes && file.toString("latin1", 0, 4) === headerMagic;

/** The blobs of all packages; a sentence when the file makes no sense. */
export const ndbBlobs = (file: Buffer): readonly Buffer[] | string => {
  const slotPages = file.readUInt32LE(12);
  if (slotPages < 1 || slotPages > maxSlotPages || slotPages * pageBytes > file.length) {
    return `${slotPages} pages of slots`;
  }
  const blobs: Buffer[] = [];
  let bytes = 0;
  // The header takes two slots' place.
  for (let at = 2 * slotBytes; at < slotPages * pageBytes; at += slotBytes) {
    if (file.toString("latin1", at, at + 4) !== slotMagic) return `no slot at byte ${at}`;
    const block = file.readUInt32LE(at + 8);
    if (block === 0) continue;
    const start = block * blockBytes;
    const isBlob = file.toString("latin1", start, start + 4) === blobMagic;
    const sizeBytes = start + blobHeaderBytes <= file.length ? file.readUInt32LE(start + 12) : 0;
    const end = start + blobHeaderBytes + sizeBytes;
    if (!isBlob || end > file.length) return `no package at byte ${start}`;
    bytes += end - start;
    if (bytes > file.length) return `packages that overlap, by byte ${start}`;
    blobs.push(file.subarray(start + blobHeaderBytes, end));
  }
  return blobs;
};
