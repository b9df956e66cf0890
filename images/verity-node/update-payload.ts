import { copyFileSync, linkSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { packReadOnlyDisk } from "../payload/conformance/read-only-disk.ts";
import type { SealedRoot } from "./seal-root.ts";
import type { Sealed, VerityParts } from "./verity-disk.ts";

export interface UpdatePayload {
  readonly parts: VerityParts;
  readonly root: SealedRoot;
  readonly sealed: Sealed;
  /** IMAGE_ID of its os-release: a node looks for releases of its own image. */
  readonly imageId: string;
}

/**
 * Makes the disk that systemd-sysupdate takes a release from: the files that transfer files name, `SHA256SUMS` of them, and
 * `/identity`.
 */
export const writeUpdatePayload = async (
  { parts, root, sealed, imageId }: UpdatePayload,
  { diskPath, workDir }: { readonly diskPath: string; readonly workDir: string },
): Promise<void> => {
  const folder = join(workDir, "payload");
  mkdirSync(folder);
  const place = (suffix: string): string =>
    join(folder, payloadFile({ imageId, version: sealed.version, suffix }));
  linkSync(root.root, place("root"));
  linkSync(root.verity, place("verity"));
  copyFileSync(parts.kernel, place("vmlinuz"));
  copyFileSync(parts.initrd, place("initrd"));
  writeFileSync(place("conf"), sealed.entry);
  writeFileSync(join(folder, "SHA256SUMS"), await checksumsOf(folder));
  writeFileSync(join(folder, "identity"), `${sealed.rootHash}\n`);
  await packReadOnlyDisk(folder, diskPath, { label: "update", workDir });
};

/** As sha256sum(1) prints them, which is what sysupdate.d(5) wants beside the files of a source that it verifies. */
const checksumsOf = async (folder: string): Promise<string> => {
  const lines: string[] = [];
  for (const name of readdirSync(folder).toSorted())
    lines.push(`${await sha256OfFile(join(folder, name))}  ${name}\n`);
  return lines.join("");
};

/** A name that the transfer files in the recipe's tree/usr/lib/sysupdate.d match. */
export const payloadFile = (file: {
  readonly imageId: string;
  readonly version: string;
  readonly suffix: string;
}): string => `${file.imageId}_${file.version}.${file.suffix}`;
