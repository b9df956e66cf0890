import { cpioArchive } from "./cpio.ts";
import type { NodeFile } from "./node-files.ts";

interface AddedFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/**
 * Appends an archive of one file, and of the directories that lead to it, to the image's initrd. The kernel unpacks one
 * archive after the other, and a later file takes the place of an earlier one; an archive begins at a multiple of four
 * bytes (https://docs.kernel.org/driver-api/early-userspace/buffer-format.html).
 */
export const addToInitrd = async (
  initrd: NodeFile,
  { path, mode, content }: AddedFile,
): Promise<void> => {
  const before = await initrd.files.readBytes(initrd.path);
  const padding = Buffer.alloc((4 - (before.length % 4)) % 4);
  const archive = cpioArchive([
    // The kernel makes no parents.
    ...parentsOf(path).map((name) => ({ name, mode: 0o040755, data: new Uint8Array() })),
    { name: path.slice(1), mode: 0o100000 | mode, data: content },
  ]);
  await initrd.files.write(initrd.path, Buffer.concat([before, padding, archive]), 0o644);
};

const parentsOf = (path: string): string[] => {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};
