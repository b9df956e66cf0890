// Beside writeOciLayout of images/builder and not in it: what stands there is part of every image's key. Here an image has any
// number of names, and a configuration of its own.
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile, sha256OfText } from "../../../harness/core/sha256.ts";
import { sourceDateEpoch } from "../../builder/mmdebstrap.ts";

/** What a runtime goes by (https://github.com/opencontainers/image-spec/blob/main/config.md). */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

/** One container image for x86_64. */
export interface NamedImage {
  /** As in `registry.k8s.io/pause:3.9`; all of them stand for one manifest. */
  readonly names: readonly string[];
  /** Tar archives, the lowest first. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
}

/** What a name stands for. */
export interface LaidImage {
  readonly name: string;
  /** Of the manifest. */
  readonly digest: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const vendor = "application/vnd.oci.image";

/**
 * Writes container images as an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md), in
 * which containerd's annotation says each name. Layers are not compressed; the same layers give the same bytes.
 */
export const writeImageLayout = async (
  directory: string,
  images: readonly NamedImage[],
): Promise<readonly LaidImage[]> => {
  mkdirSync(join(directory, "blobs", "sha256"), { recursive: true });
  const laid: LaidImage[] = [];
  const manifests: object[] = [];
  for (const image of images) {
    const manifest = await addImage(directory, image);
    for (const name of image.names) {
      const tag = name.slice(name.lastIndexOf(":") + 1);
      manifests.push({
        ...manifest,
        annotations: {
          "io.containerd.image.name": name,
          "org.opencontainers.image.ref.name": tag,
        },
      });
      laid.push({ name, digest: manifest.digest });
    }
  }
  const index = { schemaVersion: 2, mediaType: `${vendor}.index.v1+json`, manifests };
  writeFileSync(join(directory, "index.json"), JSON.stringify(index));
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return laid;
};

const addImage = async (directory: string, { layers, config }: NamedImage): Promise<Descriptor> => {
  const added: Descriptor[] = [];
  for (const layer of layers) {
    const sha256 = await sha256OfFile(layer);
    copyFileSync(layer, join(directory, "blobs", "sha256", sha256));
    const size = statSync(layer).size;
    added.push({ mediaType: `${vendor}.layer.v1.tar`, digest: `sha256:${sha256}`, size });
  }
  return addJson(directory, "manifest", {
    schemaVersion: 2,
    mediaType: `${vendor}.manifest.v1+json`,
    config: addJson(directory, "config", {
      created: new Date(Number(sourceDateEpoch) * 1000).toISOString(),
      architecture: "amd64",
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: added.map(({ digest }) => digest) },
    }),
    layers: added,
  });
};

const addJson = (directory: string, kind: "manifest" | "config", value: object): Descriptor => {
  const text = JSON.stringify(value);
  const sha256 = sha256OfText(text);
  writeFileSync(join(directory, "blobs", "sha256", sha256), text);
  return {
    mediaType: `${vendor}.${kind}.v1+json`,
    digest: `sha256:${sha256}`,
    size: Buffer.byteLength(text),
  };
};
