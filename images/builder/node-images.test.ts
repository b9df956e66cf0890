import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { listMutants } from "../mutants.ts";
import type { GoProgram } from "../payload/go-program.ts";
import { nodeImages, writeProgramImages } from "./node-images.ts";

interface Described {
  readonly digest: string;
  readonly size: number;
}

/** Writes the layout with programs of a few bytes, that were made at `madeAt`. */
const writtenIn = async (path: string, madeAt: Date): Promise<string> => {
  const layout = join(path, "layout");
  const workDir = join(path, "work");
  mkdirSync(workDir, { recursive: true });
  const programPath = async ({ name }: GoProgram): Promise<string> => {
    const file = join(path, name);
    writeFileSync(file, `program ${name}`, { mode: 0o700 });
    utimesSync(file, madeAt, madeAt);
    return file;
  };
  await writeProgramImages(layout, nodeImages, programPath, workDir);
  return layout;
};

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("the layout names each image, and each blob by its digest and size", async () => {
  await using dir = await tempDir();
  const layout = await writtenIn(dir.path, new Date());
  const blobPath = ({ digest }: Described): string =>
    join(layout, "blobs", digest.replace(":", "/"));
  const { manifests } = json(join(layout, "index.json")) as {
    manifests: readonly (Described & { annotations: Record<string, string> })[];
  };
  expect(manifests.map(({ annotations }) => annotations)).toEqual(
    nodeImages.map(({ ref }) => ({ "io.containerd.image.name": ref })),
  );
  const named = manifests.flatMap((manifest) => {
    const { config, layers } = json(blobPath(manifest)) as {
      config: Described;
      layers: readonly Described[];
    };
    expect(json(blobPath(config))).toMatchObject({
      architecture: "amd64",
      os: "linux",
      config: { User: "65532:65532" },
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    });
    return [manifest, config, ...layers];
  });
  for (const blob of named) {
    expect(`sha256:${await sha256OfFile(blobPath(blob))}`).toBe(blob.digest);
    expect(readFileSync(blobPath(blob)).length).toBe(blob.size);
  }
  const digests = new Set(named.map(({ digest }) => digest.slice("sha256:".length)));
  expect(readdirSync(join(layout, "blobs", "sha256")).toSorted()).toEqual([...digests].toSorted());
});

test("the same programs make the same bytes", async () => {
  await using one = await tempDir();
  await using other = await tempDir();
  const indexOf = async (path: string, madeAt: Date): Promise<string> =>
    readFileSync(join(await writtenIn(path, madeAt), "index.json"), "utf8");
  expect(await indexOf(other.path, new Date(0))).toBe(await indexOf(one.path, new Date()));
});

test("mutants that name a blob name the layer that both images share", async () => {
  await using dir = await tempDir();
  const layout = await writtenIn(dir.path, new Date());
  const shared = await sha256OfFile(join(dir.path, "work", "users.tar"));
  expect(readdirSync(join(layout, "blobs", "sha256"))).toContain(shared);
  const texts = listMutants("reference")
    .map(({ recipe }) => JSON.stringify(recipe))
    .filter((text) => text.includes("/sha256/"));
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(new Set(text.match(/(?<=\/sha256\/)[0-9a-f]+/g))).toEqual(new Set([shared]));
  }
});
