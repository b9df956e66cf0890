import { ImageError } from "../../harness/core/errors.ts";
import type { RecipeChange } from "../mutant.ts";
import type { Ext4Edit } from "./ext4-edit.ts";

const grubConfig = "/boot/grub/grub.cfg";

/** Applies a mutant's changes to the root file system, in order. */
export const applyChanges = async (
  root: Ext4Edit,
  changes: readonly RecipeChange[],
): Promise<void> => {
  for (const change of changes) await applyChange(root, change);
};

const applyChange = async (root: Ext4Edit, change: RecipeChange): Promise<void> => {
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
