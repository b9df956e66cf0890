import { ImageError } from "../../harness/core/errors.ts";
import type { Ext4Edit } from "../builder/ext4-edit.ts";

const path = "/usr/lib/os-release";

/** systemd-sysupdate takes the version that runs, and is not to be removed, from os-release (specifier %A). */
export const stateVersion = async (
  root: Pick<Ext4Edit, "read" | "write">,
  version: string,
): Promise<void> => {
  const text = (await root.read(path)).replace(/^IMAGE_VERSION=.*\n/m, "");
  await root.write(path, `${text}IMAGE_VERSION=${version}\n`, 0o644);
};

/**
 * Which image it is a version of (specifier %M).
 * @throws {ImageError} IMAGE_BUILD when os-release does not say so.
 */
export const imageIdOf = async (root: Pick<Ext4Edit, "read">): Promise<string> => {
  const id = /^IMAGE_ID=([a-z0-9._-]+)$/m.exec(await root.read(path))?.[1];
  if (id !== undefined) return id;
  throw new ImageError("IMAGE_BUILD", `${path} should have a line IMAGE_ID=NAME, but has none`);
};
