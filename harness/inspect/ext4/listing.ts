// `ls -p` of debugfs: /inode/mode/uid/gid/name/size/ and a line break for each entry. A name has no slash; it may have
// line breaks, and what looks like an echoed command.
import { type DebugfsOutput, echoOf, type ParseAnswers } from "./debugfs.ts";

export interface Listing {
  readonly entries: readonly ListedEntry[];
  /** What debugfs said about entries that it left out. */
  readonly complaints: readonly string[];
}

export interface ListedEntry {
  readonly inode: number;
  /** Type and permissions, as in st_mode. */
  readonly mode: number;
  /** The lower 16 bits. */
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly sizeBytes: number;
}

export const listCommand = (inode: number): string => `ls -p <${inode}>`;

const record = /\/(\d+)\/([0-7]{6})\/(\d+)\/(\d+)\/([^/]*)\/(\d*)\/\n/y;

/** Reads record after record, so that nothing in a name can pass for a record or for the next command's echo. */
export const parseListings: ParseAnswers<Listing> = (output, commands, isAlone) => {
  if (output.complaints.length > 0 && !isAlone) return undefined;
  const listings: Listing[] = [];
  let position = 0;
  for (const command of commands) {
    const echo = echoOf(command);
    if (!output.text.startsWith(echo, position)) return undefined;
    const read = readRecords(output.text, position + echo.length);
    if (read === undefined) return undefined;
    listings.push({ entries: read.entries, complaints: output.complaints });
    position = read.end;
  }
  return isFinished(output, position) ? listings : undefined;
};

const readRecords = (
  text: string,
  start: number,
): { readonly entries: readonly ListedEntry[]; readonly end: number } | undefined => {
  const entries: ListedEntry[] = [];
  let end = start;
  while (text.startsWith("/", end)) {
    record.lastIndex = end;
    const match = record.exec(text);
    if (match === null) return undefined;
    end = record.lastIndex;
    const [, inode, mode = "", uid, gid, name = "", size] = match;
    // Inode 0 stands for an unused entry.
    if (Number(inode) === 0 || name === "." || name === "..") continue;
    if (name === "") return undefined;
    entries.push({
      inode: Number(inode),
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      name,
      sizeBytes: Number(size),
    });
  }
  return { entries, end: text.startsWith("\n", end) ? end + 1 : end };
};

/** Only line breaks may follow the last answer. */
const isFinished = ({ text }: DebugfsOutput, position: number): boolean =>
  text.slice(position).trim() === "";
