import { factText } from "../fact-text.ts";
import type { PackageFact, PackagesFact } from "../image-facts.ts";

/** What an image's package manager knows. */
export interface PackageDatabase {
  readonly fact: PackagesFact;
  /** A sentence when that is not known. */
  readonly owned: OwnedPaths | string;
}

/** Paths as they are in the image, with what the content was, where the package says it. */
export type OwnedPaths = ReadonlyMap<string, PackageDigest | undefined>;

export interface PackageDigest {
  readonly algorithm: "md5" | "sha1" | "sha256" | "sha512";
  readonly hex: string;
}

/** By name; texts of the image are made fit to be shown. */
export const factsOfPackages = (
  packages: readonly PackageFact[],
): { readonly installedBytes: number; readonly list: readonly PackageFact[] } => ({
  installedBytes: packages.reduce((sum, { installedBytes }) => sum + installedBytes, 0),
  list: packages
    .map(({ name, version, architecture, installedBytes }) => ({
      name: factText(name),
      version: factText(version),
      architecture: factText(architecture),
      installedBytes,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
});
