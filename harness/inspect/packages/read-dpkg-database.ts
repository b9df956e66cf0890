import { MiB } from "../../core/units.ts";
import type { ImageView } from "../image-view.ts";
import { dpkgOwnedPaths } from "./dpkg-owned-paths.ts";
import { parseDpkgStatus } from "./dpkg-status.ts";
import { factsOfPackages, type PackageDatabase } from "./package-database.ts";

/** @param path of dpkg's file status; the lists of files are beside it. */
export const readDpkgDatabase = (view: ImageView, path: string): PackageDatabase => {
  const text = view.textOf(path, 64 * MiB);
  const parsed = text === undefined ? "it cannot be read" : parseDpkgStatus(text);
  const directory = path.slice(0, -"/status".length);
  const owned = dpkgOwnedPaths(view, directory);
  if (typeof parsed === "string") {
    return { fact: { state: "corrupt", path, reason: parsed }, owned };
  }
  return { fact: { state: "read", kind: "dpkg", path, ...factsOfPackages(parsed) }, owned };
};
