import type { RecipeChange } from "../mutant.ts";
import { cpioArchive } from "./cpio.ts";
import type { Ext4Edit } from "./ext4-edit.ts";

const initrd = "/boot/initrd.img";

/**
 * Appends an archive of one file to the image's initrd. The kernel unpacks one archive after the other, and a later file
 * takes the place of an earlier one; an archive begins at a multiple of four bytes
 * (https://docs.kernel.org/driver-api/early-userspace/buffer-format.html).
 */
export const addToInitrd = async (
  root: Ext4Edit,
  { path, mode, text }: Extract<RecipeChange, { kind: "add-to-initrd" }>,
): Promise<void> => {
  const before = await root.readBytes(initrd);
  const padding = Buffer.alloc((4 - (before.length % 4)) % 4);
  const archive = cpioArchive([
    { name: path.slice(1), mode: 0o100000 | mode, data: Buffer.from(text) },
  ]);
  await root.write(initrd, Buffer.concat([before, padding, archive]), 0o644);
};
