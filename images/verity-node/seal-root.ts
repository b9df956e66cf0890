import { statSync } from "node:fs";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { sha256OfText } from "../../harness/core/sha256.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { partitionOf } from "../builder/disk-layout.ts";
import { sourceDateEpoch } from "../builder/mmdebstrap.ts";
import { slotLabel, verityLayout } from "./verity-layout.ts";

export interface SealedRoot {
  /** An EROFS image. */
  readonly root: string;
  /** Its hash tree. */
  readonly verity: string;
  readonly rootHash: string;
}

/**
 * Packs a root's archive and seals it. The same archive and version give the same bytes: salt and UUIDs derive from the
 * version. They differ between versions, since overlayfs tells lower file systems apart by UUID.
 * @throws {ImageError} IMAGE_BUILD when it does not fit its partition.
 */
export const sealRoot = async (
  archive: string,
  {
    version,
    workDir,
    moreMiB,
  }: { readonly version: string; readonly workDir: string; readonly moreMiB: number },
): Promise<SealedRoot> => {
  const root = `${workDir}/root.erofs`;
  const verity = `${workDir}/root.verity`;
  await exec(toolPath("mkfs.erofs"), [
    ...["--quiet", "-zlz4", "-T", sourceDateEpoch, "-U", uuidOf(`root ${version}`)],
    ...["--tar=f", root, archive],
  ]);
  const { stdout } = await exec(toolPath("veritysetup"), [
    ...["format", `--salt=${sha256OfText(`salt ${version}`)}`],
    ...[`--uuid=${uuidOf(`verity ${version}`)}`, root, verity],
  ]);
  const layout = verityLayout(version, moreMiB);
  for (const [part, path] of [
    ["root", root],
    ["verity", verity],
  ] as const) {
    const { sizeBytes } = partitionOf(layout, slotLabel(part, version));
    if (statSync(path).size > sizeBytes)
      throw new ImageError(
        "IMAGE_BUILD",
        `The ${part} of release ${version} takes ${statSync(path).size} bytes, but its partition has ${sizeBytes}`,
      );
  }
  const rootHash = /^Root hash:\s*([0-9a-f]{64})$/m.exec(stdout)?.[1];
  if (rootHash === undefined)
    throw new ImageError(
      "IMAGE_BUILD",
      `veritysetup should print a root hash, but printed ${stdout}`,
    );
  return { root, verity, rootHash };
};

const uuidOf = (text: string): string => {
  const hex = sha256OfText(text);
  return `b0075001-${hex.slice(0, 4)}-4${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};
