import { deflateRawSync, inflateRawSync } from "node:zlib";
import { exec } from "../../harness/core/exec.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { openExt4 } from "../builder/ext4-edit.ts";

/** How a payload is damaged: a byte in the middle of one of its files is another one, or the second half of the file is missing. */
export type PayloadDamage = "corrupted" | "truncated";

/** Copies a payload disk and damages the copy. Its file system stays sound: what is wrong is only in what is offered. */
export const damagedPayload = async (
  { payload, ownFile }: { readonly payload: string; readonly ownFile: string },
  damage: PayloadDamage,
  diskPath: string,
): Promise<void> => {
  await exec("cp", ["--sparse=always", "--reflink=auto", payload, diskPath]);
  await using work = await tempDir("bw-damage");
  const disk = openExt4(diskPath, 0, work.path);
  const content = await disk.readBytes(ownFile);
  await disk.write(ownFile, damaged(content, damage, ownFile.endsWith(".filez")), 0o644);
};

const damaged = (content: Buffer, damage: PayloadDamage, isPacked: boolean): Uint8Array => {
  if (damage === "truncated") return content.subarray(0, Math.floor(content.length / 2));
  return isPacked ? alteredInside(content) : altered(content);
};

/**
 * An object of an archive repository whose file has another byte: that only its checksum tells, while a byte changed from outside
 * is bad compressed data. Its header has its length before it, in big endian and padded to eight bytes (ostree, ostree-core.c:
 * "_ostree_raw_file_to_archive_stream").
 */
const alteredInside = (object: Buffer): Buffer => {
  const contentAt = 8 + object.readUInt32BE(0);
  const content = altered(inflateRawSync(object.subarray(contentAt)));
  return Buffer.concat([object.subarray(0, contentAt), deflateRawSync(content)]);
};

const altered = (content: Buffer): Buffer => {
  const changed = Buffer.from(content);
  const at = Math.floor(content.length / 2);
  changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
  return changed;
};
