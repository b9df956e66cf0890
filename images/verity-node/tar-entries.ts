import { ImageError } from "../../harness/core/errors.ts";
import type { FileReader } from "./file-reader.ts";

/** Where the bytes of a file are: in the archive that it was read from, or in memory. */
export type TreeContent =
  | { readonly kind: "archived"; readonly offset: number; readonly sizeBytes: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** What stands under one path of a tree, or under several where it has more names than one. */
export interface TreeNode {
  readonly kind: "file" | "directory" | "symlink";
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a symbolic link. */
  readonly target?: string;
  readonly content: TreeContent;
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** One more name of a file that stands before it. */
export interface TarLink extends Pick<TreeNode, "mode" | "uid" | "gid"> {
  readonly kind: "link";
  readonly to: string;
}

export interface TarEntry {
  /** Absolute; `/` is the tree itself. */
  readonly path: string;
  readonly node: TreeNode | TarLink;
}

const blockBytes = 512;
const attributePrefix = "SCHILY.xattr.";

/**
 * Reads an archive as GNU tar writes it with `--format=posix` (POSIX.1-2017 pax), of files, directories and links alone.
 * @throws {ImageError} IMAGE_BUILD for anything else.
 */
export function* readTar(archive: FileReader): Generator<TarEntry> {
  let offset = 0;
  let extended: ReadonlyMap<string, Buffer> = new Map();
  while (offset + blockBytes <= archive.sizeBytes) {
    const header = archive.read(offset, blockBytes);
    offset += blockBytes;
    if (header.every((byte) => byte === 0)) return;
    const sizeBytes = numberAt(header, 124, 12);
    const type = header.toString("latin1", 156, 157);
    const contentAt = offset;
    offset += Math.ceil(sizeBytes / blockBytes) * blockBytes;
    if (type === "x") {
      extended = paxRecords(archive.read(contentAt, sizeBytes));
    } else {
      yield entryOf(header, type, extended, { kind: "archived", offset: contentAt, sizeBytes });
      extended = new Map();
    }
  }
}

const entryOf = (
  header: Buffer,
  type: string,
  extended: ReadonlyMap<string, Buffer>,
  content: TreeContent,
): TarEntry => {
  const prefix = textAt(header, 345, 155);
  const name = `${prefix === "" ? "" : `${prefix}/`}${textAt(header, 0, 100)}`;
  const path = absolute(extended.get("path")?.toString() ?? name);
  const target = extended.get("linkpath")?.toString() ?? textAt(header, 157, 100);
  const common = {
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: numberAt(header, 108, 8),
    gid: numberAt(header, 116, 8),
    attributes: new Map(
      [...extended].flatMap(([key, value]): [string, Uint8Array][] =>
        key.startsWith(attributePrefix) ? [[key.slice(attributePrefix.length), value]] : [],
      ),
    ),
  };
  switch (type) {
    case "0":
      return { path, node: { kind: "file", content, ...common } };
    case "5":
      return { path, node: { kind: "directory", content: noContent, ...common } };
    case "2":
      return { path, node: { kind: "symlink", target, content: noContent, ...common } };
    case "1":
      return { path, node: { kind: "link", to: absolute(target), ...common } };
    default:
      throw new ImageError(
        "IMAGE_BUILD",
        `The root's archive should hold files, directories and links, but ${path} is of type ${JSON.stringify(type)}`,
      );
  }
};

export const noContent: TreeContent = { kind: "bytes", bytes: new Uint8Array() };

const absolute = (name: string): string => {
  const path = name.replace(/^\.?\/*/, "/").replace(/\/$/, "");
  return path === "" ? "/" : path;
};

const textAt = (header: Buffer, start: number, length: number): string =>
  header.toString("utf8", start, start + length).replace(/\0.*$/s, "");

const numberAt = (header: Buffer, start: number, length: number): number =>
  Number.parseInt(textAt(header, start, length).trim() || "0", 8);

/** Records "LENGTH KEY=VALUE\n", of which LENGTH counts all. */
const paxRecords = (bytes: Buffer): ReadonlyMap<string, Buffer> => {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(" ", at);
    const length = Number.parseInt(bytes.toString("latin1", at, space), 10);
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf("=");
    records.set(record.toString("latin1", 0, equals), record.subarray(equals + 1));
    at += length;
  }
  return records;
};

/** The header blocks of an entry, in the form that `readTar` reads. `mtime` in seconds. */
export const tarHeader = ({ path, node }: TarEntry, mtime: number): Buffer => {
  const name = path === "/" ? "./" : `.${path}${node.kind === "directory" ? "/" : ""}`;
  const target = node.kind === "link" ? `.${node.to}` : (node.target ?? "");
  const records: [string, Uint8Array][] = [];
  if (Buffer.byteLength(name) > 100) records.push(["path", Buffer.from(name)]);
  if (Buffer.byteLength(target) > 100) records.push(["linkpath", Buffer.from(target)]);
  for (const [key, value] of node.kind === "link" ? [] : node.attributes)
    records.push([`${attributePrefix}${key}`, value]);
  const own = block({
    name,
    target,
    type: { file: "0", link: "1", symlink: "2", directory: "5" }[node.kind],
    mtime,
    sizeBytes: node.kind === "file" ? sizeOf(node.content) : 0,
    ...{ mode: node.mode, uid: node.uid, gid: node.gid },
  });
  if (records.length === 0) return own;
  const pax = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const place = { name: "./PaxHeader", target: "", mode: 0o644, uid: 0, gid: 0, mtime };
  return Buffer.concat([block({ ...place, type: "x", sizeBytes: pax.length }), padded(pax), own]);
};

export const sizeOf = (content: TreeContent): number =>
  content.kind === "bytes" ? content.bytes.length : content.sizeBytes;

interface HeaderFields {
  readonly name: string;
  readonly target: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly sizeBytes: number;
}

const block = (fields: HeaderFields): Buffer => {
  const header = Buffer.alloc(blockBytes);
  const number = (value: number, start: number, digits: number): unknown =>
    header.write(value.toString(8).padStart(digits, "0"), start, "latin1");
  Buffer.from(fields.name).copy(header, 0, 0, 100);
  number(fields.mode, 100, 7);
  number(fields.uid, 108, 7);
  number(fields.gid, 116, 7);
  number(fields.sizeBytes, 124, 11);
  number(fields.mtime, 136, 11);
  header.write("        ", 148, "latin1");
  header.write(fields.type, 156, "latin1");
  Buffer.from(fields.target).copy(header, 157, 0, 100);
  header.write("ustar\0" + "00", 257, "latin1");
  // The sum is taken with blanks in its place.
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
};

const paxRecord = (key: string, value: Uint8Array): Buffer => {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  // The length counts its own digits.
  let length = rest.length;
  while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
  return Buffer.concat([Buffer.from(`${length}`), rest]);
};

/** Up to a whole number of blocks. */
export const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)]);
