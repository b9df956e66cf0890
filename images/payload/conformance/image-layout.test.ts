import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256OfFile } from "../../../harness/core/sha256.ts";
import { tempDir } from "../../../harness/core/tmp.ts";
import { type ImageConfig, writeImageLayout } from "./image-layout.ts";

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("each name of an image stands for its one manifest, and each blob is named after its digest", async () => {
  await using dir = await tempDir();
  const layer = join(dir.path, "layer.tar");
  writeFileSync(layer, "layer");
  const layers = [layer];
  const config: ImageConfig = { Cmd: ["sh"], User: "www-data:1004" };
  const layout = join(dir.path, "layout");
  const laid = await writeImageLayout(layout, [
    { names: ["registry.k8s.io/a/b:1-2", "k8s.gcr.io/a/b:1-2"], layers, config },
    { names: ["gcr.io/c:latest"], layers, config: {} },
  ]);
  const [first, , third] = laid.map(({ digest }) => digest);
  expect(laid).toEqual([
    { name: "registry.k8s.io/a/b:1-2", digest: first },
    { name: "k8s.gcr.io/a/b:1-2", digest: first },
    { name: "gcr.io/c:latest", digest: third },
  ]);
  expect(first).not.toBe(third);
  expect(readJson(join(layout, "index.json"))).toMatchObject({
    manifests: laid.map(({ name, digest }) => ({
      digest,
      annotations: {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.split(":")[1],
      },
    })),
  });
  const blobs = join(layout, "blobs/sha256");
  for (const blob of readdirSync(blobs)) expect(await sha256OfFile(join(blobs, blob))).toBe(blob);
  const manifest = readJson(join(blobs, first?.slice(7) ?? "")) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly unknown[];
  };
  expect(manifest.layers).toEqual([
    {
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: `sha256:${await sha256OfFile(layer)}`,
      size: 5,
    },
  ]);
  expect(readJson(join(blobs, manifest.config.digest.slice(7)))).toEqual({
    created: "2025-01-01T00:00:00.000Z",
    architecture: "amd64",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [`sha256:${await sha256OfFile(layer)}`] },
  });
});
