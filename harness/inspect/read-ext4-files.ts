import { openHeaders } from "../../images/header-reader.ts";
import { tempDir } from "../core/tmp.ts";
import { openExt4Volume } from "./ext4/ext4-volume.ts";
import { openFiles } from "./ext4/file-contents.ts";
import { walkTree } from "./ext4/walk-tree.ts";
import { wholeBytes } from "./file-bytes.ts";
import type { FileNode } from "./tree.ts";

/**
 * The regular files in the root directory of an ext4 file system that a guest has written to, without mounting it.
 * @param names of those that are wanted; one that is not there, or longer than `maxBytes`, is missing from the result.
 * @throws {ImageError} IMAGE_UNUSABLE when there is no such file system that can be read.
 */
export const readExt4Files = async (
  rawPath: string,
  names: readonly string[],
  maxBytes: number,
): Promise<{
  readonly files: ReadonlyMap<string, Buffer>;
  /** It was not unmounted: files may be missing, or older than what was written. */
  readonly needsRecovery: boolean;
}> => {
  await using work = await tempDir("ext4");
  using disk = openHeaders(rawPath);
  const volume = openExt4Volume(disk, { startByte: 0, sizeBytes: disk.sizeBytes }, work.path);
  const { root } = await walkTree(volume);
  const found = names.flatMap((name) => {
    const node = root.entries.get(name);
    return node?.kind === "file" && node.sizeBytes <= maxBytes ? [{ name, node }] : [];
  });
  const contents = await openFiles(
    volume,
    found.map(({ node }: { readonly node: FileNode }) => node),
  );
  const files = new Map(
    found.flatMap(({ name, node }) => {
      const bytes = contents.get(node.inode);
      return bytes === undefined ? [] : [[name, wholeBytes(bytes)] as const];
    }),
  );
  return { files, needsRecovery: volume.needsRecovery };
};
