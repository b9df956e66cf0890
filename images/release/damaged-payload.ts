import { exec } from "../../harness/core/exec.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { openExt4 } from "../builder/ext4-edit.ts";

/** How a payload is damaged: a byte in the middle of one of its files is another one, or the second half of the file is missing. */
export type PayloadDamage = "corrupted" | "truncated";

/**
 * Copies a payload disk and damages the copy. Its file system stays sound: what is wrong is only in what is offered.
 */
export const damagedPayload = async (
  { payload, ownFile }: { readonly payload: string; readonly ownFile: string },
  damage: PayloadDamage,
  diskPath: string,
): Promise<void> => {
  await exec("cp", ["--sparse=always", "--reflink=auto", payload, diskPath]);
  await using work = await tempDir("bw-damage");
  const disk = openExt4(diskPath, 0, work.path);
  const content = await disk.readBytes(ownFile);
  const middle = Math.floor(content.length / 2);
  await disk.write(
    ownFile,
    damage === "truncated" ? content.subarray(0, middle) : flipped(content, middle),
    0o644,
  );
};

const flipped = (content: Buffer, at: number): Buffer => {
  const changed = Buffer.from(content);
  changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
  return changed;
};
