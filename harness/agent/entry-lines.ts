import { GuestError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import { type FileEntry, fileEntrySchema } from "./answers.ts";
import { parseJson } from "./session-info.ts";

const maxLineBytes: number = MiB;
const newline = 0x0a;

/** Turns a stream of JSON lines into file entries, whatever the chunks are. */
export class EntryLines {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws {GuestError} PROTOCOL when a line is no entry or has no end. */
  push(chunk: Buffer): readonly FileEntry[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const entries: FileEntry[] = [];
    let at = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, at)) {
      entries.push(parseEntry(bytes.subarray(at, end)));
      at = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    if (this.#rest.length > maxLineBytes) throw notAnEntry();
    return entries;
  }
}

const parseEntry = (line: Buffer): FileEntry => {
  const entry = parseJson(line, fileEntrySchema);
  if (entry === undefined) throw notAnEntry();
  return entry;
};

const notAnEntry = (): GuestError =>
  new GuestError("PROTOCOL", "The guest agent's walk has a line that is no file entry");
