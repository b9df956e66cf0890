import { MiB } from "../../core/units.ts";
import { factText } from "../fact-text.ts";
import type { PackagesFact } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import { parseDpkgStatus } from "./dpkg-status.ts";

/** The second is where OSTree trees keep what /var had. */
const dpkgDirectories = ["/var/lib/dpkg", "/usr/lib/sysimage/dpkg", "/usr/share/dpkg"];
const rpmDirectories = ["/usr/share/rpm", "/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const rpmFiles = ["rpmdb.sqlite", "Packages.db", "Packages"];

/** The directory of the image's dpkg database. */
export const dpkgDirectory = (view: ImageView): string | undefined =>
  dpkgDirectories.find((directory) => view.resolve(`${directory}/status`).kind === "found");

/** The packages of the first database that is there; another one is a problem, because it may be the true one. */
export const readPackages = (view: ImageView): PackagesFact => {
  const [, ...others] = databases(view);
  for (const path of others) {
    const message = "it is a second package database, which is not read";
    view.problems.push({ kind: "second-database", where: path, message });
  }
  const directory = dpkgDirectory(view);
  if (directory !== undefined) return readDpkg(view, `${directory}/status`);
  for (const rpmDirectory of rpmDirectories) {
    const file = rpmFiles.find((name) => view.resolve(`${rpmDirectory}/${name}`).kind === "found");
    if (file === undefined) continue;
    const path = `${rpmDirectory}/${file}`;
    return { state: "unsupported", path, reason: "this version does not read RPM databases" };
  }
  return {
    state: "none",
    reason: `no dpkg or RPM database in ${[...dpkgDirectories, ...rpmDirectories].join(", ")}`,
  };
};

/** By their real paths: one may be a link to the other. */
const databases = (view: ImageView): readonly string[] => {
  const paths = [
    ...dpkgDirectories.map((directory) => `${directory}/status`),
    ...rpmDirectories.flatMap((directory) => rpmFiles.map((name) => `${directory}/${name}`)),
  ];
  const found = paths.map((path) => view.resolve(path)).filter(({ kind }) => kind === "found");
  return [...new Set(found.map(({ path }) => factText(path)))];
};

const readDpkg = (view: ImageView, path: string): PackagesFact => {
  const text = view.textOf(path, 64 * MiB);
  if (text === undefined) return { state: "corrupt", path, reason: "it cannot be read" };
  const parsed = parseDpkgStatus(text);
  if (typeof parsed === "string") return { state: "corrupt", path, reason: parsed };
  return {
    state: "read",
    kind: "dpkg",
    path,
    installedBytes: parsed.reduce((sum, { installedBytes }) => sum + installedBytes, 0),
    list: parsed.map(({ name, version, architecture, installedBytes }) => ({
      name: factText(name),
      version: factText(version),
      architecture: factText(architecture),
      installedBytes,
    })),
  };
};
