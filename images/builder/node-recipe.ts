import { existsSync } from "node:fs";
import { join } from "node:path";
import { verityLayout } from "../verity-node/verity-layout.ts";
import { type LaidPartition, nodeDiskLayout, partitionOf } from "./disk-layout.ts";
import { openExt4 } from "./ext4-edit.ts";
import { type NodeFiles, plainNode } from "./node-files.ts";
import { ostreeNode, protectDeployment } from "./ostree-node.ts";

/**
 * How a recipe's root is kept: as the root directory of a partition, as an OSTree deployment on it, or sealed, in a slot of
 * two (images/verity-node has what is special to that).
 */
export interface NodeRecipe {
  readonly dir: string;
  readonly kind: "plain" | "ostree" | "verity";
  readonly layout: readonly LaidPartition[];
}

const rootMiB = 640;
// A kernel with its initrd takes a quarter: room for a running, a new and an old one.
const bootMiB = 96;

/** A recipe with a `deploy` program makes an OSTree node, one with a `seal` program a verity node. */
export const nodeRecipe = (dir: string): NodeRecipe => {
  if (existsSync(join(dir, "seal"))) return { dir, kind: "verity", layout: verityLayout("1") };
  return existsSync(join(dir, "deploy"))
    ? { dir, kind: "ostree", layout: nodeDiskLayout({ rootMiB, bootMiB }) }
    : { dir, kind: "plain", layout: nodeDiskLayout({ rootMiB }) };
};

/** Opens a disk built from `recipe` for changes. */
export const openNode = async (
  disk: string,
  { kind, layout }: NodeRecipe,
  workDir: string,
): Promise<NodeFiles> => {
  const open = (name: string) => openExt4(disk, partitionOf(layout, name).startByte, workDir);
  return kind === "plain"
    ? plainNode(disk, open("root"))
    : ostreeNode(disk, open("root"), open("boot"));
};

/** What archives cannot carry into the disk. */
export const finishNode = async (
  disk: string,
  { kind, layout }: NodeRecipe,
  workDir: string,
): Promise<void> => {
  if (kind !== "ostree") return;
  await protectDeployment(openExt4(disk, partitionOf(layout, "root").startByte, workDir));
};
