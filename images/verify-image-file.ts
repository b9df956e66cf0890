import { dirname, resolve } from "node:path";
import { ImageError } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";
import { sha256OfFile } from "../harness/core/sha256.ts";
import { formatBytes, GiB } from "../harness/core/units.ts";
import type { Qcow2Header } from "./format-qcow2.ts";
import { type ImageFileFacts, identifyImageFile } from "./image-file.ts";
import { readPartitionTable } from "./partition-table.ts";
import type { ImageFileSource } from "./schema.ts";

/** ext4's limit for a file at 4 KiB blocks; no image of an operating system is near it. */
const maxVirtualBytes = 16 * 1024 * GiB;
const maxChain = 8;

/**
 * Refuses an image file that is not what its manifest says, is damaged, or would make QEMU open files that the
 * manifest does not name. Reads headers only, unless a sha256 is stated.
 * @throws {ImageError} IMAGE_UNUSABLE; IMAGE_DIGEST when the sha256 differs.
 */
export const verifyImageFile = async (source: ImageFileSource): Promise<ImageFileFacts> => {
  const facts = verifyImageHeaders(source);
  if (source.sha256 !== undefined) {
    const seen = await sha256OfFile(facts.realPath);
    if (seen !== source.sha256) {
      throw new ImageError(
        "IMAGE_DIGEST",
        `Expected image file ${source.path} to have sha256 ${source.sha256}, but it has ${seen}`,
        { hint: "Fetch the image again, or correct source.sha256 in its manifest" },
      );
    }
  }
  return facts;
};

/** As `verifyImageFile`, without the sha256. */
export const verifyImageHeaders = (source: ImageFileSource): ImageFileFacts =>
  verifyHeaders(source, 0);

const verifyHeaders = (source: ImageFileSource, depth: number): ImageFileFacts => {
  const facts = identifyImageFile(source.path);
  const { content } = facts;
  if (content.kind === "foreign") {
    const { format, offset, hint } = content.foreign;
    throw refuse(
      source,
      `${source.format} data`,
      `the mark of ${format} at offset ${offset}`,
      hint,
    );
  }
  if (content.kind !== source.format) {
    throw refuse(
      source,
      `${source.format} data`,
      content.kind === "qcow2" ? "the mark of qcow2 at offset 0" : "no qcow2 mark at offset 0",
      `State format: ${content.kind} if that is meant`,
    );
  }
  if (content.kind === "raw") verifyRaw(source, facts);
  else verifyQcow2(source, facts, content.header, depth);
  return facts;
};

const verifyRaw = (source: ImageFileSource, facts: ImageFileFacts): void => {
  verifySize(source, facts.sizeBytes, "file size");
  if (facts.content.kind !== "raw") return;
  const { raw } = facts.content;
  if (raw.kind === "not-an-image") {
    throw refuse(source, "a partition table or a file system", raw.seen, "Give a disk image");
  }
  if (raw.kind === "filesystem" && raw.type === "iso9660") {
    throw refuse(source, "a disk", "iso9660 at offset 32769", "Give a disk image, not a CD image");
  }
  for (const { index, startByte, sizeBytes } of readPartitionTable(source.path).partitions) {
    const end = startByte + sizeBytes;
    if (end > facts.sizeBytes) {
      throw refuse(
        source,
        `partition ${index} (${formatBytes(sizeBytes)} at offset ${startByte}) inside the file`,
        `the file's end at ${facts.sizeBytes}`,
        "The file is truncated: copy or build it again",
      );
    }
  }
};

const verifyQcow2 = (
  source: ImageFileSource,
  facts: ImageFileFacts,
  header: Qcow2Header,
  depth: number,
): void => {
  // Version 0 stands for a header whose fields could not be read.
  if (header.version !== 0) {
    verifySize(source, header.virtualSizeBytes, "virtual size at offset 24");
  }
  const [problem] = header.problems;
  if (problem !== undefined) {
    const hint = "Copy or build it again; qemu-img check tells more";
    throw refuse(source, "a sound qcow2 file", `this: ${problem}`, hint);
  }
  if (header.isEncrypted) {
    throw refuse(
      source,
      "plain data",
      "encryption at offset 32",
      "Decrypt it with qemu-img convert",
    );
  }
  if (header.dataFile !== undefined) {
    // Its content is the guest's disk, whatever it looks like; only its kind can be wrong.
    identifyImageFile(verifyNamedFile(source, facts, "data file", header.dataFile));
  }
  if (header.backingFile === undefined) return;
  const backing = verifyNamedFile(source, facts, "backing file", header.backingFile);
  const format = header.backingFormat;
  if (format !== "raw" && format !== "qcow2") {
    const seen = format === undefined ? "none" : `"${printable(format, 40)}"`;
    throw refuse(
      source,
      "a backing format of raw or qcow2",
      seen,
      "qemu-img rebase -u -F qcow2 -b …",
    );
  }
  if (depth >= maxChain) {
    throw refuse(
      source,
      `at most ${maxChain} backing files`,
      "more",
      "qemu-img convert makes one file",
    );
  }
  verifyHeaders(
    { kind: "file", path: backing, format, allowBacking: source.allowBacking },
    depth + 1,
  );
};

/** A named file is opened by QEMU with our rights: `/etc/shadow` would become a guest's disk. */
const verifyNamedFile = (
  source: ImageFileSource,
  facts: ImageFileFacts,
  what: string,
  name: string,
): string => {
  const shown = `"${printable(name, 200)}"`;
  // QEMU takes the text before a colon that stands before any slash for a protocol (path_has_protocol, block.c).
  if (/^[^/]*:/.test(name)) {
    throw refuse(
      source,
      `a ${what} that is a path`,
      shown,
      "qemu-img convert makes one file of it",
    );
  }
  const path = resolve(dirname(facts.realPath), name);
  if (name !== "" && !name.includes("\0") && source.allowBacking.includes(path)) return path;
  throw refuse(
    source,
    `no ${what} but those of source.allowBacking`,
    name === "" ? `an unnamed ${what}` : shown,
    `Allow that very path in the manifest, or make one file with qemu-img convert`,
  );
};

const verifySize = (source: ImageFileSource, bytes: number, where: string): void => {
  if (bytes > 0 && bytes <= maxVirtualBytes) return;
  const seen = `${formatBytes(bytes)} (${where})`;
  throw refuse(
    source,
    `between 1 B and ${formatBytes(maxVirtualBytes)}`,
    seen,
    "Check the image's build",
  );
};

const refuse = (
  source: ImageFileSource,
  expected: string,
  seen: string,
  hint: string,
): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    `Expected ${expected} in image file ${source.path}, but found ${seen}`,
    { hint, details: { path: source.path, format: source.format } },
  );
