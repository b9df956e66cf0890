import { factText } from "../fact-text.ts";
import type { ImageView } from "../image-view.ts";
import type { PackageDatabase } from "./package-database.ts";
import { readDpkgDatabase } from "./read-dpkg-database.ts";
import { readRpmDatabase } from "./rpm/read-rpm-database.ts";

/** The second is where OSTree trees keep what /var had. */
const dpkgDirectories = ["/var/lib/dpkg", "/usr/lib/sysimage/dpkg", "/usr/share/dpkg"];
const rpmDirectories = ["/usr/share/rpm", "/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const rpmFiles = ["rpmdb.sqlite", "Packages.db", "Packages"];

/**
 * The packages of the first database that is there; another one is a problem, because it may be the true one.
 * @param workDir a private directory, for what is only read from a file of the host.
 */
export const readPackageDatabase = (view: ImageView, workDir: string): PackageDatabase => {
  const [path, ...others] = databasesIn(view);
  for (const other of others) {
    const message = "it is a second package database, which is not read";
    view.problems.push({ kind: "second-database", where: factText(other), message });
  }
  if (path === undefined) {
    const places = [...dpkgDirectories, ...rpmDirectories].join(", ");
    const reason = `no dpkg or RPM database in ${places}`;
    return { fact: { state: "none", reason }, owned: reason };
  }
  return path.endsWith("/status")
    ? readDpkgDatabase(view, path)
    : readRpmDatabase(view, path, workDir);
};

/** By their first names, each once by its real path: one may be a link to the other. */
const databasesIn = (view: ImageView): readonly string[] => {
  const names = [
    ...dpkgDirectories.map((directory) => `${directory}/status`),
    ...rpmDirectories.flatMap((directory) => rpmFiles.map((name) => `${directory}/${name}`)),
  ];
  const found = new Map<string, string>();
  for (const name of names) {
    const { kind, path } = view.resolve(name);
    if (kind === "found" && !found.has(path)) found.set(path, name);
  }
  return [...found.values()];
};
