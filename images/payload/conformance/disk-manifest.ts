import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "../../../harness/core/sha256.ts";
import { criToolsVersion } from "../cri-tools.ts";
import { registryAddress } from "./hosts-files.ts";
import type { LaidImage } from "./image-layout.ts";

/** `manifest.json` on the disk. */
export interface ConformanceManifest {
  readonly schema: 1;
  /** Of critest and crictl, as in "v1.36.0". */
  readonly criTools: string;
  /** Where the hosts files expect the registry, as in "127.0.0.1:5000". */
  readonly registry: string;
  /** All files of the disk but this one, by path. */
  readonly files: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  /** The names that the registry serves, with the digests of the manifests they stand for. */
  readonly images: readonly LaidImage[];
}

/** `manifest.json` beside the disk. */
export interface ManifestOfDisk extends ConformanceManifest {
  readonly disk: { readonly sizeBytes: number; readonly sha256: string };
}

/** Describes what is about to be packed. */
export const manifestOf = async (
  root: string,
  images: readonly LaidImage[],
): Promise<ConformanceManifest> => {
  const paths = readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(root, path)).isFile())
    .toSorted();
  const files = [];
  for (const path of paths) {
    const full = join(root, path);
    files.push({
      path: `/${path}`,
      sizeBytes: statSync(full).size,
      sha256: await sha256OfFile(full),
    });
  }
  return { schema: 1, criTools: criToolsVersion(), registry: registryAddress, files, images };
};
