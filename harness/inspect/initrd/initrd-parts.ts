import { basename } from "node:path/posix";
import { sha256OfBytes } from "../../core/sha256.ts";
import { MiB } from "../../core/units.ts";
import { factText } from "../fact-text.ts";
import { wholeBytes } from "../file-bytes.ts";
import type { InitrdFact } from "../image-facts.ts";
import { type ImagePart, pathIn } from "../image-part.ts";
import { viewImage } from "../image-view.ts";
import { type ScannedArchive, scanFiles } from "../programs/scan-files.ts";
import { unpackInitrd } from "./unpack-initrd.ts";

export interface FoundInitrds {
  readonly facts: readonly InitrdFact[];
  readonly parts: readonly ImagePart[];
}

/** Of one initrd as it lies on the disk. */
const maxPackedBytes = 256 * MiB;

/** The initrds of file systems, each unpacked once however many copies of it there are. */
export const initrdParts = (fileSystems: readonly ImagePart[]): FoundInitrds => {
  const known = new Set<string>();
  const found = fileSystems.flatMap((fileSystem) =>
    fileSystem.scanned.archives
      .filter((archive) => isInitrd(fileSystem, archive))
      .flatMap((archive) => readInitrd(fileSystem, archive, known)),
  );
  return {
    facts: found.map(({ fact }) => fact),
    parts: found.flatMap(({ part }) => (part === undefined ? [] : [part])),
  };
};

const readInitrd = (
  fileSystem: ImagePart,
  archive: ScannedArchive,
  known: Set<string>,
): readonly { readonly fact: InitrdFact; readonly part?: ImagePart }[] => {
  const packed = contentOf(fileSystem, archive);
  if (packed === undefined) return [];
  const path = pathIn(fileSystem, archive.path);
  const sha256 = sha256OfBytes(packed);
  const fact = { path, sizeBytes: packed.length, sha256 };
  if (known.has(sha256)) return [{ fact: { ...fact, packings: [] } }];
  known.add(sha256);
  const unpacked = unpackInitrd(packed);
  if (unpacked === undefined) return [];
  const { tree, packings, problem } = unpacked;
  if (problem !== undefined) tell(fileSystem, archive, problem);
  const view = viewImage(tree.root, tree.contents, "/");
  const part = { prefix: `${path}: `, view, scanned: scanFiles(view) };
  return [{ fact: { ...fact, packings, entries: tree.entryCount }, part }];
};

/** What the loader reads lies where kernels lie; elsewhere packed files are somebody's data. */
const isInitrd = ({ prefix }: ImagePart, { path, packing }: ScannedArchive): boolean =>
  packing === "none" ||
  prefix !== "" ||
  path.startsWith("/boot/") ||
  /^(initrd|initramfs)/.test(basename(path));

const contentOf = (part: ImagePart, archive: ScannedArchive): Buffer | undefined => {
  if (archive.node.sizeBytes > maxPackedBytes) {
    tell(part, archive, `it is larger than ${maxPackedBytes / MiB} MiB`);
    return undefined;
  }
  const bytes = part.view.bytesOf(archive.node);
  return bytes === undefined ? undefined : wholeBytes(bytes);
};

const tell = (part: ImagePart, { path }: ScannedArchive, message: string): void => {
  part.view.problems.push({ kind: "unreadable-initrd", where: factText(path), message });
};
