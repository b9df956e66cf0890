import { factText } from "./fact-text.ts";
import type { ImageView } from "./image-view.ts";
import type { PackageDatabase } from "./packages/package-database.ts";
import type { ScannedFiles } from "./programs/scan-files.ts";

/** A tree of the image with what was found in its files: the root, another file system, or an initrd. */
export interface ImagePart {
  /** Stands before its paths, as in `partition 2: `; empty for the root. */
  readonly prefix: string;
  readonly view: ImageView;
  readonly scanned: ScannedFiles;
}

/** A part that has its own package database, or could have. */
export interface FileSystemPart extends ImagePart {
  readonly packages: PackageDatabase;
}

/** A path as the facts have it. */
export const pathIn = ({ prefix }: Pick<ImagePart, "prefix">, path: string): string =>
  `${prefix}${factText(path)}`;
