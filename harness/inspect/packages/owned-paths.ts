import { basename, dirname } from "node:path/posix";
import { MiB } from "../../core/units.ts";
import type { ImageView } from "../image-view.ts";
import { dpkgDirectory } from "./read-packages.ts";

/**
 * Every path that a package brought, as it is in the image, with the MD5 that its content had, where the package says one:
 * lists say /bin/x where /bin is a link to /usr/bin, and /etc/x where OSTree keeps the original in /usr/etc.
 * @returns a sentence when the image has no lists.
 */
export const readOwnedPaths = (
  view: ImageView,
): ReadonlyMap<string, string | undefined> | string => {
  const directory = dpkgDirectory(view);
  if (directory === undefined) return "the image has no dpkg database";
  const info = `${directory}/info`;
  const listed = linesOf(view, info, ".list").filter((path) => path.startsWith("/"));
  if (listed.length === 0) return `${directory}/info has no lists of files`;
  const canonical = canonicalPaths(view);
  const digests = readDigests(view, info);
  const owned = new Map<string, string | undefined>();
  for (const path of listed) {
    const digest = digests.get(path);
    owned.set(canonical(path), owned.get(canonical(path)) ?? digest);
    if (path.startsWith("/etc/")) owned.set(canonical(`/usr${path}`), digest);
  }
  // What was moved away keeps its content; what came in its place is somebody else's.
  for (const [from, to] of readDiversions(view, directory)) {
    if (!owned.has(canonical(from))) continue;
    owned.set(canonical(to), undefined);
    owned.set(canonical(from), undefined);
  }
  return owned;
};

/** deb-md5sums(5): an MD5, two blanks and a path without its first slash. */
const readDigests = (view: ImageView, info: string): ReadonlyMap<string, string> =>
  new Map(
    linesOf(view, info, ".md5sums").flatMap((line) => {
      const [, digest, path] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
      return digest === undefined ? [] : [[`/${path}`, digest] as const];
    }),
  );

/** The lines of all files of a directory whose names end so. */
const linesOf = (view: ImageView, directory: string, ending: string): readonly string[] => {
  const found = view.resolve(directory);
  if (found.kind !== "found" || found.node.kind !== "directory") return [];
  return [...found.node.entries.keys()]
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => (view.textOf(`${directory}/${name}`, 16 * MiB) ?? "").split("\n"));
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
