import { isQcow2, type Qcow2Header, readQcow2 } from "./format-qcow2.ts";
import { type RawContent, readRawContent } from "./format-raw.ts";
import { type ForeignFormat, findForeignFormat } from "./format-signatures.ts";
import { openHeaders } from "./header-reader.ts";

/** What an image file is by its own bytes; names and suffixes count for nothing. */
export interface ImageFileFacts {
  readonly path: string;
  /** With symbolic links resolved: the path to give to QEMU. */
  readonly realPath: string;
  readonly sizeBytes: number;
  readonly content: ImageFileContent;
}

type ImageFileContent =
  | { readonly kind: "qcow2"; readonly header: Qcow2Header }
  | { readonly kind: "raw"; readonly raw: RawContent }
  | { readonly kind: "foreign"; readonly foreign: ForeignFormat };

/**
 * Identifies an image file by bounded reads of its headers; nothing in it is believed or followed.
 * @throws {ImageError} IMAGE_UNUSABLE when it is not a readable regular file.
 */
export const identifyImageFile = (path: string): ImageFileFacts => {
  using reader = openHeaders(path);
  const { realPath, sizeBytes } = reader;
  const foreign = findForeignFormat(reader);
  const content: ImageFileContent = isQcow2(reader.head)
    ? { kind: "qcow2", header: readQcow2(reader) }
    : foreign === undefined
      ? { kind: "raw", raw: readRawContent(reader) }
      : { kind: "foreign", foreign };
  return { path, realPath, sizeBytes, content };
};
