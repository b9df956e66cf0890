// A disk as it was built into the cache, and nothing else: what is attached to a guest decides verdicts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../harness/core/errors.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import type { ConformanceSpec } from "./conformance/spec-catalogue.ts";

/** What stands of a disk in the `manifest.json` beside it. */
export interface ManifestOfBuilt {
  readonly disk: { readonly sha256: string };
}

/** A disk with programs of specs. */
export interface BuiltDisk<Manifest extends ManifestOfBuilt> {
  readonly diskPath: string;
  /** From the `specs.json` beside it. */
  readonly specs: readonly ConformanceSpec[];
  readonly manifest: Manifest;
}

/** @throws {HostError} HOST_RESOURCE when the disk is not the one that was built. */
export const openBuiltDisk = async <Manifest extends ManifestOfBuilt>(
  dir: string,
  diskName: string,
): Promise<BuiltDisk<Manifest>> => {
  const manifest = readJson(join(dir, "manifest.json")) as Manifest;
  const diskPath = join(dir, diskName);
  const seen = await sha256OfFile(diskPath);
  const { sha256 } = manifest.disk;
  if (seen !== sha256) {
    throw new HostError(
      "HOST_RESOURCE",
      `The disk ${diskPath} should have the sha256 ${sha256}, with which it was built, but has ${seen}`,
      { hint: `Remove ${dir}, and it is built again` },
    );
  }
  return { diskPath, specs: readJson(join(dir, "specs.json")) as ConformanceSpec[], manifest };
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
