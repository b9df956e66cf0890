import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ImageError, InternalError } from "../../harness/core/errors.ts";
import type { Ext4Edit } from "../builder/ext4-edit.ts";
import { ostreeIn } from "./ostree.ts";

/** What a release changes in a commit: files to lay over it, in a folder, and paths to leave out. */
export interface CommitFiles {
  readonly files: Ext4Edit;
  /** Paths of all files and links below the folder, as they are in the commit. */
  readonly changed: () => readonly string[];
  readonly removed: () => readonly string[];
}

/**
 * Edits the files of a commit as `openExt4` does those of a disk, so that a release's changes are a mutant's. Everything written
 * belongs to root. Changes to /etc are made to what is shipped, in /usr/etc.
 */
export const commitFiles = (repo: string, commit: string, folder: string): CommitFiles => {
  const changed = new Set<string>();
  const removed = new Set<string>();
  const pathOf = async (path: string): Promise<string> => {
    if (changed.has(path)) return join(folder, path);
    if (removed.has(path)) throw absent(path);
    return objectOf(repo, await ostreeIn(repo, "ls", "--checksum", commit, path), path);
  };
  const readBytes = async (path: string): Promise<Buffer> => readFileSync(await pathOf(path));
  const place = (path: string, make: (target: string) => void): void => {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    make(target);
    changed.add(path);
    removed.delete(path);
  };
  const write = async (path: string, content: string | Uint8Array, mode: number): Promise<void> =>
    place(path, (target) => {
      writeFileSync(target, content);
      chmodSync(target, mode);
    });
  return {
    changed: () => [...changed],
    removed: () => [...removed],
    files: {
      readBytes: (path) => readBytes(shipped(path)),
      read: async (path) => (await readBytes(shipped(path))).toString("utf8"),
      write: (path, content, mode) => write(shipped(path), content, mode),
      setMode: async (path, mode) => write(shipped(path), await readBytes(shipped(path)), mode),
      setAttribute: () => Promise.reject(new InternalError("A commit takes no file attributes")),
      remove: async (path) => {
        const at = shipped(path);
        await pathOf(at);
        rmSync(join(folder, at), { force: true });
        changed.delete(at);
        removed.add(at);
      },
      symlink: async (path, target) => place(shipped(path), (at) => symlinkSync(target, at)),
      list: async (path) => {
        const at = shipped(path);
        const listed = await ostreeIn(repo, "ls", "--nul-filenames-only", commit, at);
        const names = [...listed.split("\0"), ...changed]
          .filter((entry) => dirname(entry) === at && !removed.has(entry))
          .map((entry) => entry.slice(at === "/" ? 1 : at.length + 1));
        return [".", "..", ...new Set(names)];
      },
      makeImmutable: () => Promise.reject(new InternalError("A commit has no immutable files")),
    },
  };
};

const shipped = (path: string): string => (path.startsWith("/etc/") ? `/usr${path}` : path);

/** A bare repository keeps files as they are. A line of the listing is MODE UID GID SIZE CHECKSUM PATH. */
const objectOf = (repo: string, listed: string, path: string): string => {
  const checksum = /^[-l]\d+ +\d+ +\d+ +\d+ ([0-9a-f]{64}) /.exec(listed)?.[1];
  if (checksum === undefined)
    throw new ImageError("IMAGE_BUILD", `${path} should be a file of the commit, but is a folder`);
  return join(repo, "objects", checksum.slice(0, 2), `${checksum.slice(2)}.file`);
};

const absent = (path: string): ImageError =>
  new ImageError("IMAGE_BUILD", `A release changes ${path}, which it removes itself`);
