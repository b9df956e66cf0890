// Headers of packages as RPM databases keep them, for tests; rpm-header.ts names the format.

export interface RpmHeaderParts {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly installedBytes?: number;
  readonly digestAlgorithm?: number;
  readonly files?: readonly { readonly path: string; readonly digest?: string }[];
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly data: Buffer;
}

export const rpmHeader = (parts: RpmHeaderParts): Buffer => {
  const files = parts.files ?? [];
  const directories = files.map(({ path }) => path.slice(0, path.lastIndexOf("/") + 1));
  const unique = [...new Set(directories)];
  const entries: readonly Entry[] = [
    text(1000, parts.name),
    text(1001, parts.version),
    text(1002, parts.release),
    numbers(1003, parts.epoch),
    numbers(1009, parts.installedBytes),
    text(1022, parts.architecture),
    numbers(5011, parts.digestAlgorithm),
    texts(
      1035,
      files.map(({ digest }) => digest ?? ""),
    ),
    numbers(1116, ...directories.map((directory) => unique.indexOf(directory))),
    texts(1118, unique),
    texts(
      1117,
      files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)),
    ),
  ].flatMap((entry) => entry ?? []);
  const index: Buffer[] = [];
  let offset = 0;
  for (const { tag, type, count, data } of entries) {
    index.push(Buffer.concat([tag, type, offset, count].map(u32)));
    offset += data.length;
  }
  return Buffer.concat([
    u32(entries.length),
    u32(offset),
    ...index,
    ...entries.map(({ data }) => data),
  ]);
};

const text = (tag: number, value: string | undefined): Entry | undefined =>
  value === undefined ? undefined : { tag, type: 6, count: 1, data: Buffer.from(`${value}\0`) };

const texts = (tag: number, values: readonly string[]): Entry | undefined =>
  values.length === 0
    ? undefined
    : {
        tag,
        type: 8,
        count: values.length,
        data: Buffer.from(values.map((one) => `${one}\0`).join("")),
      };

const numbers = (tag: number, ...values: readonly (number | undefined)[]): Entry | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0
    ? undefined
    : { tag, type: 4, count: known.length, data: Buffer.concat(known.map(u32)) };
};

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
