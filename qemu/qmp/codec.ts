import { QemuError } from "../../harness/core/errors.ts";
import { printable } from "../../harness/core/printable.ts";
import { MiB } from "../../harness/core/units.ts";

/** `query-qmp-schema` answers with some 300 KB; nothing that we ask is longer. */
export const maxLineBytes: number = 4 * MiB;

export type QmpObject = Readonly<Record<string, unknown>>;

export const encodeLine = (message: QmpObject): string => `${JSON.stringify(message)}\n`;

/**
 * Cuts a byte stream into QMP messages: one JSON object a line (QEMU docs/interop/qmp-spec, "The server output is
 * newline-terminated"). Holds at most one unfinished line.
 */
export class LineDecoder {
  #parts: Buffer[] = [];
  #heldBytes = 0;

  /**
   * The messages that `chunk` completes.
   * @throws {QemuError} QMP for a line that is too long or is not a JSON object.
   */
  push(chunk: Buffer): readonly QmpObject[] {
    const messages: QmpObject[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#hold(chunk.subarray(start, end));
      const line = Buffer.concat(this.#parts).toString("utf8").trim();
      this.#parts = [];
      this.#heldBytes = 0;
      if (line !== "") messages.push(parseObject(line));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
    return messages;
  }

  #hold(part: Buffer): void {
    this.#heldBytes += part.length;
    if (this.#heldBytes > maxLineBytes) {
      throw new QemuError("QMP", `QEMU sent a QMP line of more than ${maxLineBytes} bytes`);
    }
    this.#parts.push(part);
  }
}

const parseObject = (line: string): QmpObject => {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new QemuError("QMP", `Expected a JSON object from QMP, saw "${printable(line, 200)}"`);
};

export const isObject = (value: unknown): value is QmpObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
