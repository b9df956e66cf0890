import { type Arbitrary, constant, integer, oneof, record, string, uint8Array } from "fast-check";
import type { Logged } from "./write-log-bytes.ts";

/** Any entry of a log for a disk of that many sectors. */
export const anyLogged = (sectorBytes: number, diskSectors: number): Arbitrary<Logged> => {
  const place = { sector: integer({ min: 0, max: diskSectors - 4 }) };
  return oneof(
    { weight: 4, arbitrary: anyWrite(sectorBytes, place.sector) },
    record({ kind: constant("discard"), ...place, sectors: integer({ min: 1, max: 4 }) }),
    record({ kind: constant("flush") }),
    record({ kind: constant("mark"), text: string({ maxLength: 20, unit: "binary-ascii" }) }),
  );
};

const anyWrite = (sectorBytes: number, sector: Arbitrary<number>): Arbitrary<Logged> =>
  record({
    kind: constant("write"),
    sector,
    data: integer({ min: 1, max: 4 }).chain((sectors) =>
      uint8Array({ minLength: sectors * sectorBytes, maxLength: sectors * sectorBytes }),
    ),
    flags: oneof({ weight: 8, arbitrary: constant(0) }, constant(1), constant(2), constant(3)),
  });
