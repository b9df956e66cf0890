// ELF files for tests, put together from bytes: one segment that loads the whole file at address 0, so that addresses are
// offsets.

export interface ElfParts {
  /** Default 64. */
  readonly bits?: 32 | 64;
  /** Default little. */
  readonly order?: "little" | "big";
  /** e_type; default 3, ET_DYN. */
  readonly type?: number;
  /** e_machine; default 62, x86-64. */
  readonly machine?: number;
  readonly loader?: string;
  readonly needed?: readonly string[];
  readonly defined?: readonly string[];
  readonly wanted?: readonly string[];
  /** Hex digits. */
  readonly buildId?: string;
  /** Anything behind the rest. */
  readonly text?: string;
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

export const makeElf = (parts: ElfParts): Buffer => {
  const numbers = new Numbers(parts.bits ?? 64, parts.order ?? "little");
  const is64 = numbers.bits === 64;
  const [headerBytes, segmentBytes] = is64 ? [64, 56] : [52, 32];
  const body: Buffer[] = [];
  const segments: Segment[] = [];
  let end = headerBytes + segmentBytes * 4;
  const add = (bytes: Buffer): number => {
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
    body.push(bytes, padding);
    end += bytes.length + padding.length;
    return end - bytes.length - padding.length;
  };
  if (parts.loader !== undefined) {
    const loader = Buffer.from(`${parts.loader}\0`, "latin1");
    segments.push({ type: 3, offset: add(loader), size: loader.length });
  }
  if (parts.buildId !== undefined) {
    const id = Buffer.from(parts.buildId, "hex");
    const note = Buffer.concat([
      ...[4, id.length, 3].map((value) => numbers.u32(value)),
      Buffer.from("GNU\0"),
      id,
    ]);
    segments.push({ type: 4, offset: add(note), size: note.length });
  }
  const dynamic = makeDynamic(numbers, parts, add);
  if (dynamic !== undefined) segments.push({ type: 2, offset: add(dynamic), size: dynamic.length });
  add(Buffer.from(parts.text ?? "", "latin1"));
  segments.push({ type: 1, offset: 0, size: end });
  const table = segments.map(({ type, offset, size }) =>
    is64
      ? [
          numbers.u32(type),
          numbers.u32(4),
          ...[offset, offset, offset, size, size, 8].map((one) => numbers.word(one)),
        ]
      : [type, offset, offset, offset, size, size, 4, 4].map((one) => numbers.u32(one)),
  );
  const header = Buffer.concat([
    Buffer.from([
      0x7f,
      0x45,
      0x4c,
      0x46,
      is64 ? 2 : 1,
      numbers.isBig ? 2 : 1,
      1,
      ...Array(9).fill(0),
    ]),
    numbers.u16(parts.type ?? 3),
    numbers.u16(parts.machine ?? 62),
    numbers.u32(1),
    ...[0, headerBytes, 0].map((one) => numbers.word(one)),
    numbers.u32(0),
    ...[headerBytes, segmentBytes, segments.length, 0, 0, 0].map((one) => numbers.u16(one)),
  ]);
  const tableRoom = Buffer.alloc(segmentBytes * 4);
  Buffer.concat(table.flat()).copy(tableRoom);
  return Buffer.concat([header, tableRoom, ...body]);
};

const makeDynamic = (
  numbers: Numbers,
  { needed = [], defined = [], wanted = [] }: ElfParts,
  add: (bytes: Buffer) => number,
): Buffer | undefined => {
  const names = [...defined, ...wanted];
  if (needed.length + names.length === 0) return undefined;
  let strings = "\0";
  const stringAt = (text: string): number => {
    const at = strings.length;
    strings += `${text}\0`;
    return at;
  };
  const symbols = names.map((name, index) => {
    const section = numbers.u16(index < defined.length ? 1 : 0);
    const info = [Buffer.from([0x12, 0]), section];
    const values = [numbers.word(0), numbers.word(0)];
    const rest = numbers.bits === 64 ? [...info, ...values] : [...values, ...info];
    return Buffer.concat([numbers.u32(stringAt(name)), ...rest]);
  });
  const neededAt = needed.map(stringAt);
  const symbolBytes = numbers.bits === 64 ? 24 : 16;
  const symbolsAt = add(Buffer.concat([Buffer.alloc(symbolBytes), ...symbols]));
  const stringsAt = add(Buffer.from(strings, "latin1"));
  const count = symbols.length + 1;
  const hashAt = add(
    Buffer.concat([1, count, 0, ...Array(count).fill(0)].map((one) => numbers.u32(one))),
  );
  const entries = [
    ...neededAt.map((at) => [1, at]),
    [5, stringsAt],
    [6, symbolsAt],
    [10, strings.length],
    [4, hashAt],
    [0, 0],
  ];
  return Buffer.concat(entries.flat().map((one) => numbers.word(one)));
};

class Numbers {
  readonly bits: 32 | 64;
  readonly isBig: boolean;

  constructor(bits: 32 | 64, order: "little" | "big") {
    this.bits = bits;
    this.isBig = order === "big";
  }

  u16(value: number): Buffer {
    return this.#ordered(value, 2);
  }

  u32(value: number): Buffer {
    return this.#ordered(value, 4);
  }

  word(value: number): Buffer {
    return this.#ordered(value, this.bits / 8);
  }

  #ordered(value: number, bytes: number): Buffer {
    const little = Buffer.alloc(bytes);
    little.writeUIntLE(value, 0, Math.min(bytes, 6));
    return this.isBig ? little.reverse() : little;
  }
}
