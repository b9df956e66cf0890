// What GRUB finds on the boot partition of a system that OSTree manages: images/recipes/reference/grub.cfg.
import type { Partition } from "../../../images/partition-table.ts";
import { wholeBytes } from "../../inspect/file-bytes.ts";
import { resolvePath } from "../../inspect/resolve-path.ts";
import { type DiskView, ifUsable, type LookedAt } from "../disk-view.ts";
import { type MenuEntry, parseSyslinuxMenu } from "./syslinux-menu.ts";

/** An entry of the menu, as far as the boot partition tells. */
export interface SeenEntry {
  /** sha256; undefined when GRUB cannot read it. */
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  /** The path that its `ostree=` names. */
  readonly ostree: string;
}

export interface SeenBoot {
  readonly chosen: SeenEntry | undefined;
  readonly others: readonly SeenEntry[];
  readonly problem?: string;
}

const theMenu = "/loader/syslinux.cfg";
const maxMenuBytes = 1024 * 1024;

/** What GRUB finds: images/recipes/reference/grub.cfg. */
export const seenByGrub = (
  view: Pick<DiskView, "loaderVolume">,
  boot: Partition,
  menus: readonly string[] = [theMenu],
): SeenBoot => {
  const looked = ifUsable(() => view.loaderVolume(boot));
  if (looked === undefined)
    return { chosen: undefined, others: [], problem: "no boot file system" };
  const menu = menus
    .map((path) => resolvePath(looked.volume.root, path))
    .find((found) => found.kind === "found" && found.node.kind === "file");
  const bytes = menu?.kind === "found" ? looked.volume.open(menu.node.inode) : undefined;
  if (bytes === undefined || bytes.sizeBytes > maxMenuBytes) {
    return { chosen: undefined, others: [], problem: "no menu" };
  }
  const { entries, chosen } = parseSyslinuxMenu(wholeBytes(bytes).toString("latin1"));
  const others = entries.filter((entry) => entry !== chosen);
  return {
    chosen: chosen === undefined ? undefined : seenEntry(looked, chosen),
    others: others.map((entry) => seenEntry(looked, entry)),
    ...(chosen === undefined ? { problem: "a menu without entries" } : {}),
  };
};

const seenEntry = ({ volume, digest }: LookedAt, entry: MenuEntry): SeenEntry => {
  const digestAt = (path: string): string | undefined => {
    const found = resolvePath(volume.root, path);
    return found.kind === "found" && found.node.kind === "file" ? digest(found.node) : undefined;
  };
  return {
    kernel: digestAt(entry.kernel),
    initrd: digestAt(entry.initrd),
    ostree: entry.arguments.findLast((one) => one.startsWith("ostree="))?.slice(7) ?? "",
  };
};
