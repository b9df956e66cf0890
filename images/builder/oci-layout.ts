import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { sha256OfFile, sha256OfText } from "../../harness/core/sha256.ts";
import { sourceDateEpoch } from "./mmdebstrap.ts";

/** One container image for x86_64. */
export interface LayoutImage {
  /** The name under which it is found, as in `registry.invalid/bootwright/pause:1`. */
  readonly ref: string;
  /** Tar archives, the lowest first. */
  readonly layers: readonly string[];
  /** What a runtime runs that goes by it. */
  readonly config?: { readonly Entrypoint: readonly string[]; readonly User: string };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes container images as an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
 * No registry takes part, layers are not compressed, and the same layers give the same bytes.
 */
export const writeOciLayout = async (
  directory: string,
  images: readonly LayoutImage[],
): Promise<void> => {
  mkdirSync(join(directory, "blobs", "sha256"), { recursive: true });
  const manifests: object[] = [];
  for (const image of images) {
    const manifest = await addImage(directory, image);
    manifests.push({ ...manifest, annotations: { "io.containerd.image.name": image.ref } });
  }
  const index = { schemaVersion: 2, mediaType: `${vendor}.index.v1+json`, manifests };
  writeFileSync(join(directory, "index.json"), JSON.stringify(index));
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
};

const vendor = "application/vnd.oci.image";

const addImage = async (
  directory: string,
  { layers, config }: LayoutImage,
): Promise<Descriptor> => {
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

/** Packs all that is in a directory: whoever packs it, wherever and whenever, the same files give the same bytes. */
export const packLayer = async (directory: string, tarPath: string): Promise<void> => {
  await exec("tar", [
    ...["--create", `--file=${tarPath}`, `--directory=${directory}`, "--format=ustar"],
    ...["--sort=name", `--mtime=@${sourceDateEpoch}`, "--owner=0", "--group=0", "--numeric-owner"],
    ...["--mode=u=rwX,go=rX", "--", ...readdirSync(directory).toSorted()],
  ]);
};
