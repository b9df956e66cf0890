import { ImageError } from "../../harness/core/errors.ts";
import type { RecipeChange } from "../mutant.ts";
import { addToInitrd } from "./add-to-initrd.ts";
import type { Ext4Edit } from "./ext4-edit.ts";
import { stallBootCode } from "./stall-boot-code.ts";

const grubConfig = "/boot/grub/grub.cfg";

/** A built disk, and its root file system opened for changes. */
interface EditedDisk {
  readonly path: string;
  readonly root: Ext4Edit;
}

/** Applies a mutant's changes in order. */
export const applyChanges = async (
  disk: EditedDisk,
  changes: readonly RecipeChange[],
): Promise<void> => {
  for (const change of changes) await applyChange(disk, change);
};

const applyChange = async ({ path, root }: EditedDisk, change: RecipeChange): Promise<void> => {
  switch (change.kind) {
    case "add-file":
      return root.write(change.path, change.text, change.mode);
    case "remove-file":
      return root.remove(change.path);
    case "replace-text":
      return replaceOnce(root, change.path, change.match, change.with);
    case "enable-unit":
      return root.symlink(
        `/etc/systemd/system/${change.wantedBy}.wants/${change.unit}`,
        `/usr/lib/systemd/system/${change.unit}`,
      );
    case "add-kernel-argument":
      return replaceOnce(
        root,
        grubConfig,
        "\nlinux /boot/vmlinuz ",
        `\nlinux /boot/vmlinuz ${change.argument} `,
      );
    case "remove-kernel-argument":
      return replaceOnce(root, grubConfig, ` ${change.argument} `, " ");
    case "add-to-initrd":
      return addToInitrd(root, change);
    case "stall-boot-code":
      return stallBootCode(path, change.stage, change.seconds);
  }
};

const replaceOnce = async (
  root: Ext4Edit,
  path: string,
  match: string,
  replacement: string,
): Promise<void> => {
  const text = await root.read(path);
  const found = text.split(match).length - 1;
  if (found !== 1) {
    throw new ImageError(
      "IMAGE_BUILD",
      `${path} should hold ${JSON.stringify(match)} exactly once, but holds it ${found} times`,
      { hint: "Bring the mutant's recipe in line with the image's recipe" },
    );
  }
  await root.write(
    path,
    text.replace(match, () => replacement),
    0o644,
  );
};
