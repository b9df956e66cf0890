import { ImageError } from "../../core/errors.ts";
import { openShippedDisk } from "../shipped-disk.ts";
import { deploymentFacts } from "./deployment-facts.ts";
import { seenByGrub } from "./grub-menu.ts";
import { readTable, type TableFacts } from "./partition-table.ts";

/** What is known of one release, from the disk that it was shipped on. */
export interface OstreeRelease {
  /** Checksum of the commit. */
  readonly commit: string;
  /** sha256 of the kernel and of the initrd that its entry names. */
  readonly kernel: string;
  readonly initrd: string;
  /** Of the deployment, as `treeDigest` names it, without /etc and /var. */
  readonly tree: string;
  /** The partition table of the disk. */
  readonly table: TableFacts;
}

/**
 * Reads what the one deployment of a shipped disk holds; takes a second or two.
 * @throws {ImageError} IMAGE_UNUSABLE when the disk is not one that boots a deployment.
 */
export const readOstreeRelease = (
  path: string,
  labels: { readonly boot?: string; readonly root?: string } = {},
): OstreeRelease => {
  const { boot: bootLabel = "boot", root: rootLabel = "root" } = labels;
  using disk = openShippedDisk(path);
  const boot = disk.partitions.find(({ label }) => label === bootLabel);
  const root = disk.partitions.find(({ label }) => label === rootLabel);
  if (boot === undefined || root === undefined) throw unusable(path, "has not both partitions");
  const { chosen } = seenByGrub(disk, boot);
  const { deployments } = deploymentFacts(disk.loaderVolume(root), { kept: [], deleted: [] });
  const deployment = chosen === undefined ? undefined : deployments[chosen.ostree];
  const table = readTable(disk);
  const { kernel, initrd } = chosen ?? {};
  if (
    deployment?.tree === undefined ||
    kernel === undefined ||
    initrd === undefined ||
    table === undefined
  ) {
    throw unusable(path, "has no entry whose kernel, initrd and deployment can be read");
  }
  return { commit: deployment.commit, kernel, initrd, tree: deployment.tree, table };
};

const unusable = (path: string, seen: string): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    `Expected a disk that boots an OSTree deployment, but ${path} ${seen}`,
    { hint: "Build the release again" },
  );
