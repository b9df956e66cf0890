// Hash databases of Berkeley DB, in which rpm kept its headers up to 4.16 (file Packages): Berkeley DB's
// src/dbinc/db_page.h. Only what is on the host's own byte order is read; that is every x86 image.

const hashMagic = 0x0006_1561;
const pageType = { hashUnsorted: 2, overflow: 7, hash: 13 } as const;
const itemType = { inline: 1, offPage: 3 } as const;
const pageHeaderBytes = 26;

interface Pages {
  readonly pageBytes: number;
  readonly count: number;
  /** Each value has bytes of its own in the file: more than it holds are the same ones again. */
  leftBytes: number;
  page(number: number): Buffer | undefined;
}

export const isBerkeleyDb = (file: Buffer): boolean =>
  file.length >= 512 && file.readUInt32LE(12) === hashMagic;

/** The values of all records; a sentence when the file makes no sense. */
export const berkeleyDbValues = (file: Buffer): readonly Buffer[] | string => {
  const pageBytes = file.readUInt32LE(20);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
    return `pages of ${pageBytes} bytes`;
  }
  const count = Math.floor(file.length / pageBytes);
  const pages: Pages = {
    pageBytes,
    count,
    leftBytes: file.length,
    page: (number) =>
      number < 1 || number >= count
        ? undefined
        : file.subarray(number * pageBytes, (number + 1) * pageBytes),
  };
  const values: Buffer[] = [];
  for (let number = 1; number < count; number += 1) {
    const page = pages.page(number);
    const kind = page?.[25];
    if (page === undefined || (kind !== pageType.hash && kind !== pageType.hashUnsorted)) continue;
    const found = valuesOn(page, pages);
    if (typeof found === "string") return `${found} on page ${number}`;
    values.push(...found);
  }
  return values;
};

/** Offsets of keys and values in turn; items lie from the end of the page on downwards. */
const valuesOn = (page: Buffer, pages: Pages): readonly Buffer[] | string => {
  const items = page.readUInt16LE(20);
  if (pageHeaderBytes + items * 2 > page.length) return "too many items";
  const values: Buffer[] = [];
  for (let index = 1; index < items; index += 2) {
    const start = page.readUInt16LE(pageHeaderBytes + index * 2);
    const end = page.readUInt16LE(pageHeaderBytes + (index - 1) * 2);
    if (start >= end || end > page.length) return "an item that ends before it begins";
    const value = bytesOf(page.subarray(start, end), pages);
    if (value === undefined) return "a value whose pages make no sense";
    pages.leftBytes -= value.length;
    if (pages.leftBytes < 0) return "values that overlap";
    values.push(value);
  }
  return values;
};

const bytesOf = (item: Buffer, pages: Pages): Buffer | undefined => {
  if (item[0] === itemType.inline) return item.subarray(1);
  if (item[0] !== itemType.offPage || item.length < 12) return undefined;
  return overflowValue(pages, item.readUInt32LE(4), item.readUInt32LE(8));
};

const overflowValue = (pages: Pages, first: number, sizeBytes: number): Buffer | undefined => {
  const pieces: Buffer[] = [];
  let done = 0;
  for (let number = first; done < sizeBytes; ) {
    const page = pages.page(number);
    // Every page adds something, so that a circle ends.
    const used = page?.readUInt16LE(22) ?? 0;
    if (page === undefined || page[25] !== pageType.overflow || used === 0) return undefined;
    if (pieces.length > pages.count) return undefined;
    pieces.push(page.subarray(pageHeaderBytes, pageHeaderBytes + used));
    done += used;
    number = page.readUInt32LE(16);
  }
  return Buffer.concat(pieces).subarray(0, sizeBytes);
};
