import { basename, dirname, resolve } from "node:path/posix";
import type { ImageView } from "../image-view.ts";
import type { TreeEntry } from "../tree.ts";

/** Where the system manager looks, first wins: systemd.unit(5). */
const unitDirectories = [
  "/etc/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

export interface UnitTree {
  /** Unit files by name, where the first directory has them. */
  readonly units: ReadonlyMap<string, TreeEntry>;
  /** Names that lead to /dev/null. */
  readonly masked: ReadonlySet<string>;
  /** Links in directories such as multi-user.target.wants. */
  readonly wants: readonly Want[];
  /** Unit files and drop-ins that hold text. */
  readonly texts: readonly UnitText[];
}

interface Want {
  readonly unit: string;
  readonly by: string;
}

export interface UnitText {
  readonly path: string;
  /** The unit that it is of; a drop-in is of the unit that its directory names. */
  readonly unit: string;
}

const unitName =
  /^[^/]+\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;
const wantsDirectory = /^(.+)\.(?:wants|requires|upholds)$/;
const dropInDirectory = /^(.+)\.d$/;

export const readUnitTree = (view: ImageView): UnitTree => {
  const tree: OpenTree = { units: new Map(), masked: new Set(), wants: [], texts: [] };
  const seen = new Set<string>();
  for (const directory of unitDirectories) {
    const { path } = view.resolve(directory);
    // /lib may be a link to /usr/lib.
    if (seen.has(path)) continue;
    seen.add(path);
    for (const entry of view.childrenOf(path)) addEntry(view, tree, entry);
  }
  const paths = new Set<string>();
  return {
    ...tree,
    texts: tree.texts.filter(({ path }) => !paths.has(path) && paths.add(path)),
  };
};

interface OpenTree extends UnitTree {
  readonly units: Map<string, TreeEntry>;
  readonly masked: Set<string>;
  readonly wants: Want[];
  readonly texts: UnitText[];
}

const addEntry = (view: ImageView, tree: OpenTree, entry: TreeEntry): void => {
  const name = basename(entry.path);
  const [, by] = wantsDirectory.exec(name) ?? [];
  const [, unit] = dropInDirectory.exec(name) ?? [];
  if (by !== undefined) tree.wants.push(...wantsIn(view, entry.path, by));
  else if (unit !== undefined) tree.texts.push(...dropInsIn(view, entry.path, unit));
  else if (unitName.test(name) && !tree.units.has(name)) {
    tree.units.set(name, entry);
    if (isMask(entry)) tree.masked.add(name);
    else tree.texts.push({ path: view.resolve(entry.path).path, unit: name });
  }
};

const wantsIn = (view: ImageView, directory: string, by: string): readonly Want[] =>
  view
    .childrenOf(directory)
    .map(({ path }) => ({ unit: basename(path), by }))
    .filter(({ unit }) => unitName.test(unit));

const dropInsIn = (view: ImageView, directory: string, unit: string): readonly UnitText[] =>
  view
    .childrenOf(directory)
    .filter(({ path }) => path.endsWith(".conf"))
    .map(({ path }) => ({ path: view.resolve(path).path, unit }));

/** A link to /dev/null, which an image need not have, or an empty file. */
const isMask = ({ path, node }: TreeEntry): boolean =>
  node.kind === "link"
    ? resolve(dirname(path), node.target ?? "") === "/dev/null"
    : node.sizeBytes === 0;
