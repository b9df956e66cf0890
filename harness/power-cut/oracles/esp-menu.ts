import type { Partition } from "../../../images/partition-table.ts";
import { resolvePath } from "../../inspect/resolve-path.ts";
import type { DirectoryNode, TreeNode } from "../../inspect/tree.ts";
import { type DiskView, ifUsable } from "../disk-view.ts";
import { type BootEntry, compareBootEntries, parseBootEntry } from "./boot-entries.ts";

/** An entry that the loader lists, with what its files hold. */
export interface SeenBootEntry extends BootEntry {
  /** sha256. */
  readonly kernel: string | undefined;
  /** sha256 of each; undefined for one that cannot be read. */
  readonly initrds: readonly (string | undefined)[];
}

const maxEntryBytes = 64 * 1024;
const maxEntries = 256;

/**
 * The entries that systemd-boot lists, the one that it would start first; nothing where there is no file system. Left out
 * is what the loader leaves out: a file without `linux`, as one of 0 bytes, and one whose kernel is not there.
 */
export const entriesOnEsp = async (
  view: Pick<DiskView, "vfatVolume">,
  esp: Partition,
): Promise<readonly SeenBootEntry[]> => {
  const looked = ifUsable(() => view.vfatVolume(esp));
  if (looked === undefined) return [];
  const entries: SeenBootEntry[] = [];
  for (const [name, node] of entryFiles(looked.root)) {
    const bytes = await looked.content(node, maxEntryBytes);
    const entry = bytes === undefined ? undefined : parseBootEntry(name, bytes.toString("latin1"));
    const kernel = entry?.linux === undefined ? undefined : fileAt(looked.root, entry.linux);
    if (entry === undefined || kernel === undefined) continue;
    const initrds: (string | undefined)[] = [];
    for (const path of entry.initrd) {
      const file = fileAt(looked.root, path);
      initrds.push(file === undefined ? undefined : await looked.digest(file));
    }
    entries.push({ ...entry, kernel: await looked.digest(kernel), initrds });
  }
  return entries.toSorted(compareBootEntries);
};

const entryFiles = (root: DirectoryNode): readonly (readonly [string, TreeNode])[] => {
  const found = resolvePath(root, "/loader/entries");
  if (found.kind !== "found" || found.node.kind !== "directory") return [];
  return [...found.node.entries]
    .filter(([name, node]) => node.kind === "file" && /\.conf$/i.test(name))
    .slice(0, maxEntries);
};

const fileAt = (root: DirectoryNode, path: string): TreeNode | undefined => {
  const found = resolvePath(root, path.replaceAll("\\", "/"));
  return found.kind === "found" && found.node.kind === "file" ? found.node : undefined;
};

/** The last value of an argument of the kernel. */
export const optionOf = (options: string, name: string): string | undefined =>
  options
    .split(/\s+/)
    .findLast((one) => one.startsWith(`${name}=`))
    ?.slice(name.length + 1);
