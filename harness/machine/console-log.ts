import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { visibleSegments } from "../console/visible-text.ts";
import { printable } from "../core/printable.ts";
import { MiB } from "../core/units.ts";

const maxBytes = 8 * MiB;
const maxLineLength = 4096;

/** What a person would have read on a machine's serial console so far; of a long log, its last 8 MiB. */
export const readConsoleLog = (bootDirectory: string): readonly string[] => {
  const file = openSync(join(bootDirectory, "console.log"), "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, maxBytes));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes
      .toString("utf8", 0, length)
      .split("\n")
      .flatMap(visibleSegments)
      .map((line) => printable(line, maxLineLength));
  } finally {
    closeSync(file);
  }
};
