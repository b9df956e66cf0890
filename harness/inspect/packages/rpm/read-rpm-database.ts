import { MiB } from "../../../core/units.ts";
import { wholeBytes } from "../../file-bytes.ts";
import type { ImageView } from "../../image-view.ts";
import { canonicalPaths } from "../canonical-paths.ts";
import {
  factsOfPackages,
  type OwnedPaths,
  type PackageDatabase,
  type PackageDigest,
} from "../package-database.ts";
import { berkeleyDbValues, isBerkeleyDb } from "./berkeley-db.ts";
import { isNdb, ndbBlobs } from "./ndb.ts";
import { parseRpmHeader, type RpmPackage } from "./rpm-header.ts";
import { isSqlite, sqliteBlobs } from "./sqlite-db.ts";

/** A node's is some 20 MiB. */
const maxDatabaseBytes = 256 * MiB;
/** Keys of signers, kept among the packages and no packages. */
const keyPackage = "gpg-pubkey";

/** Reads whichever of rpm's three databases a file is, by its content. */
export const readRpmDatabase = (
  view: ImageView,
  path: string,
  workDir: string,
): PackageDatabase => {
  const corrupt = (reason: string): PackageDatabase => ({
    fact: { state: "corrupt", path, reason },
    owned: `${path}: ${reason}`,
  });
  const file = contentOf(view, path);
  if (typeof file === "string") return corrupt(file);
  const blobs = blobsOf(view, path, file, workDir);
  if (blobs === undefined) {
    const reason = "it is in a format that this version does not read";
    return { fact: { state: "unsupported", path, reason }, owned: `${path}: ${reason}` };
  }
  if (typeof blobs === "string") return corrupt(blobs);
  const packages = blobs.map(parseRpmHeader).filter((one) => one !== undefined);
  if (packages.length < blobs.length) return corrupt("a record in it is no header of a package");
  const installed = packages.filter(({ name }) => name !== keyPackage);
  if (installed.length === 0) return corrupt("no installed package");
  return {
    fact: { state: "read", kind: "rpm", path, ...factsOfPackages(installed) },
    owned: ownedPaths(view, installed),
  };
};

const contentOf = (view: ImageView, path: string): Buffer | string => {
  const found = view.resolve(path);
  if (found.kind !== "found" || found.node.kind !== "file") return "it is no file";
  if (found.node.sizeBytes > maxDatabaseBytes) {
    return `it is larger than the ${maxDatabaseBytes / MiB} MiB that are read`;
  }
  const bytes = view.bytesOf(found.node);
  return bytes === undefined ? "it cannot be read" : wholeBytes(bytes);
};

const blobsOf = (
  view: ImageView,
  path: string,
  file: Buffer,
  workDir: string,
): readonly Buffer[] | string | undefined => {
  if (isSqlite(file)) {
    const log = contentOf(view, `${path}-wal`);
    return sqliteBlobs(file, typeof log === "string" ? undefined : log, workDir);
  }
  if (isNdb(file)) return ndbBlobs(file);
  if (!isBerkeleyDb(file)) return undefined;
  const values = berkeleyDbValues(file);
  // The record of key 0 is the highest number that was given to a package.
  return typeof values === "string" ? values : values.filter(({ length }) => length !== 4);
};

/** /etc/x also where OSTree keeps the original in /usr/etc. */
const ownedPaths = (view: ImageView, packages: readonly RpmPackage[]): OwnedPaths => {
  const canonical = canonicalPaths(view);
  const owned = new Map<string, PackageDigest | undefined>();
  for (const { path, digest } of packages.flatMap(({ files }) => files)) {
    owned.set(canonical(path), digest);
    if (path.startsWith("/etc/")) owned.set(canonical(`/usr${path}`), digest);
  }
  return owned;
};
