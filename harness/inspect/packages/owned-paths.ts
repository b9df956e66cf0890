import { basename, dirname } from "node:path/posix";
import { MiB } from "../../core/units.ts";
import type { ImageView } from "../image-view.ts";
import { dpkgDirectory } from "./read-packages.ts";

/**
 * Every path that a package brought, as it is in the image: lists say /bin/x where /bin is a link to /usr/bin, and
 * /etc/x where OSTree keeps the original in /usr/etc.
 * @returns a sentence when the image has no lists.
 */
export const readOwnedPaths = (view: ImageView): ReadonlySet<string> | string => {
  const directory = dpkgDirectory(view);
  if (directory === undefined) return "the image has no dpkg database";
  const listed = listedPaths(view, `${directory}/info`);
  if (listed.length === 0) return `${directory}/info has no lists of files`;
  const canonical = canonicalPaths(view);
  const owned = new Set<string>();
  for (const path of listed) {
    owned.add(canonical(path));
    if (path.startsWith("/etc/")) owned.add(canonical(`/usr${path}`));
  }
  for (const [from, to] of readDiversions(view, directory)) {
    if (owned.has(canonical(from))) owned.add(canonical(to));
  }
  return owned;
};

const listedPaths = (view: ImageView, infoDirectory: string): readonly string[] => {
  const info = view.resolve(infoDirectory);
  if (info.kind !== "found" || info.node.kind !== "directory") return [];
  return [...info.node.entries.keys()]
    .filter((name) => name.endsWith(".list"))
    .flatMap((name) => (view.textOf(`${infoDirectory}/${name}`, 16 * MiB) ?? "").split("\n"))
    .filter((path) => path.startsWith("/"));
};

/** Resolves the directory of a path, and keeps its last part; directories come again and again. */
const canonicalPaths = (view: ImageView): ((path: string) => string) => {
  const known = new Map<string, string>();
  return (path) => {
    const parent = dirname(path);
    const resolved = known.get(parent) ?? (view.resolve(parent).path || parent);
    known.set(parent, resolved);
    return `${resolved === "/" ? "" : resolved}/${basename(path)}`;
  };
};

/** dpkg-divert(1): three lines each, the path, where it was moved to, and who asked for it. */
const readDiversions = (
  view: ImageView,
  directory: string,
): readonly (readonly [string, string])[] => {
  const lines = (view.textOf(`${directory}/diversions`) ?? "").split("\n");
  return lines.flatMap((from, index) => {
    const to = lines[index + 1];
    return index % 3 === 0 && to?.startsWith("/") ? [[from, to] as const] : [];
  });
};
