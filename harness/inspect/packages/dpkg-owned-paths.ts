import { MiB } from "../../core/units.ts";
import type { ImageView } from "../image-view.ts";
import { canonicalPaths } from "./canonical-paths.ts";
import type { OwnedPaths, PackageDigest } from "./package-database.ts";

/**
 * What the packages brought, by the lists beside dpkg's status; /etc/x also where OSTree keeps the original in /usr/etc.
 * @returns a sentence when there are no lists.
 */
export const dpkgOwnedPaths = (view: ImageView, directory: string): OwnedPaths | string => {
  const info = `${directory}/info`;
  const listed = linesOf(view, info, ".list").filter((path) => path.startsWith("/"));
  if (listed.length === 0) return `${info} has no lists of files`;
  const canonical = canonicalPaths(view);
  const digests = readDigests(view, info);
  const owned = new Map<string, PackageDigest | undefined>();
  for (const path of listed) {
    const digest = digests.get(path);
    owned.set(canonical(path), owned.get(canonical(path)) ?? digest);
    if (path.startsWith("/etc/")) owned.set(canonical(`/usr${path}`), digest);
  }
  // One package's file was moved away, another's came in its place. By the very path of the list: dpkg knows nothing of
  // links, and packages divert /lib/x so that their own /usr/lib/x stays.
  const literal = new Set(listed);
  for (const [from, to] of readDiversions(view, directory)) {
    if (!literal.has(from)) continue;
    owned.set(canonical(to), undefined);
    owned.set(canonical(from), undefined);
  }
  return owned;
};

/** deb-md5sums(5): an MD5, two blanks and a path without its first slash. */
const readDigests = (view: ImageView, info: string): ReadonlyMap<string, PackageDigest> =>
  new Map(
    linesOf(view, info, ".md5sums").flatMap((line) => {
      const [, hex, path] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
      return hex === undefined ? [] : [[`/${path}`, { algorithm: "md5", hex }] as const];
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
