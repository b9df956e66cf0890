import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import type { Ext4Edit } from "../builder/ext4-edit.ts";

/** The files that go into the EFI system partition, for changes: they lie in a folder on the host, and have no owners. */
export const bootFiles = (folder: string): Ext4Edit => {
  const place = (path: string): string => join(folder, path);
  const noSuch = async (path: string): Promise<never> => {
    throw new ImageError(
      "IMAGE_BUILD",
      `${path} is on the EFI system partition, which has plain files`,
    );
  };
  return {
    read: async (path) => readFileSync(place(path), "utf8"),
    readBytes: async (path) => readFileSync(place(path)),
    write: async (path, content) => {
      writeFileSync(place(path), content);
    },
    setMode: async (path, mode) => {
      chmodSync(place(path), mode);
    },
    remove: async (path) => {
      rmSync(place(path));
    },
    list: async (path) => readdirSync(place(path)),
    setAttribute: noSuch,
    symlink: noSuch,
    makeImmutable: noSuch,
  };
};
