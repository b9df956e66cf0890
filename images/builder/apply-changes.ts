import { ImageError } from "../../harness/core/errors.ts";
import type { ProgramSource, RecipeChange } from "../mutant.ts";
import { addToInitrd } from "./add-to-initrd.ts";
import type { Ext4Edit } from "./ext4-edit.ts";
import type { NodeFiles } from "./node-files.ts";
import { onlyMatch } from "./only-match.ts";
import { withoutSignature } from "./pe-signature.ts";
import { stallBootCode } from "./stall-boot-code.ts";

/** Applies a mutant's changes to a built node, in order. */
export const applyChanges = async (
  node: NodeFiles,
  changes: readonly RecipeChange[],
  contentOf: ContentOf,
): Promise<void> => {
  for (const change of changes) await applyChange(node, change, contentOf);
};

/** Gives a program's content. */
export type ContentOf = (source: ProgramSource) => Promise<Uint8Array>;

const applyChange = async (
  node: NodeFiles,
  change: RecipeChange,
  contentOf: ContentOf,
): Promise<void> => {
  const { root, kernelLines } = node;
  switch (change.kind) {
    case "add-file":
      return root.write(await onlyMatch(root, change.path), change.text, change.mode);
    case "add-program": {
      const content = await contentOf(change);
      return change.to === "root"
        ? root.write(change.path, content, change.mode)
        : addToInitrd(node.initrd, { ...change, content });
    }
    case "remove-file":
      return root.remove(await onlyMatch(root, change.path));
    case "set-mode":
      return root.setMode(change.path, change.mode);
    case "grant-capability":
      return root.setAttribute(
        change.path,
        "security.capability",
        capabilityValue(change.capability),
      );
    case "replace-text":
      return replaceOnce(root, await onlyMatch(root, change.path), change.match, change.with);
    case "enable-unit":
      return root.symlink(
        `/etc/systemd/system/${change.wantedBy}.wants/${change.unit}`,
        `/usr/lib/systemd/system/${change.unit}`,
      );
    case "add-kernel-argument":
      for (const { files, path, start } of kernelLines)
        await replaceOnce(files, path, start, `${start}${change.argument} `);
      return;
    case "remove-kernel-argument":
      for (const { files, path } of kernelLines)
        await replaceOnce(files, path, ` ${change.argument} `, " ");
      return;
    case "add-to-initrd":
      return addToInitrd(node.initrd, { ...change, content: Buffer.from(change.text) });
    case "remove-kernel-signature": {
      const { files, path } = node.kernel;
      return files.write(path, withoutSignature(await files.readBytes(path)), 0o644);
    }
    case "stall-boot-code":
      return stallBootCode(node.disk, change.stage, change.seconds);
  }
};

/** struct vfs_cap_data of revision 2, effective: linux/capability.h. Permitted and inheritable sets, low halves first. */
const capabilityValue = (capability: number): Buffer => {
  const value = Buffer.alloc(20);
  value.writeUInt32LE(0x0200_0001, 0);
  value.writeUInt32LE(2 ** capability, 4);
  return value;
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
