import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorCodeOf } from "../harness/core/errors.ts";
import { tempDir } from "../harness/core/tmp.ts";
import { listCatalog, resolveImage } from "./catalog.ts";
import { mutantImageName, suitesOfMutant } from "./mutant.ts";
import { listMutants } from "./mutants.ts";
import { gptBytes } from "./testing/image-bytes.ts";

const errorOf = (spec: string): unknown => {
  try {
    return resolveImage(spec);
  } catch (error) {
    return error;
  }
};

describe("the catalogue", () => {
  test("has the images that are built here", () => {
    expect(listCatalog().map(({ name }) => name)).toEqual(
      expect.arrayContaining(["probe", "reference", "traditional"]),
    );
  });

  test("every image resolves under its own name", () => {
    for (const { name } of listCatalog()) expect(resolveImage(name).manifest.name).toBe(name);
  });

  test("every mutant resolves, changes something and belongs to a suite", () => {
    for (const mutant of listMutants()) {
      // Its file is found by its name: one that states another name is unknown here.
      const { manifest, ...image } = resolveImage(mutantImageName(mutant));
      const base = resolveImage(mutant.of).manifest;
      const isChanged =
        mutant.recipe.length > 0 ||
        Object.keys(mutant.promises).length > 0 ||
        JSON.stringify({ ...manifest, name: base.name, title: base.title }) !==
          JSON.stringify(base);
      expect({ name: image.name, isChanged, suites: suitesOfMutant(mutant).length > 0 }).toEqual({
        name: `${mutant.of}+${mutant.name}`,
        isChanged: true,
        suites: true,
      });
    }
  }, 60_000);

  test("a mutant carries its overrides and leaves the rest alone", () => {
    const base = resolveImage("reference");
    expect(resolveImage("reference+no-data-disk").manifest).toEqual({
      ...base.manifest,
      name: "reference+no-data-disk",
      title: "The data disk for /var is missing",
      disks: [{ serial: "meta", sizeMiB: 64 }],
    });
    expect(resolveImage("reference+root-rw").manifest.systemDisk).toEqual({
      readOnly: false,
      rootPartition: { label: "root" },
    });
  });
});

describe("resolveImage", () => {
  test("reads a manifest, with paths from its own directory", async () => {
    await using dir = await tempDir();
    const file = join(dir.path, "mine.yaml");
    writeFileSync(
      file,
      "schema: 1\nname: mine\nsource: { file: disks/a.img, format: raw, allowBacking: [b] }\n",
    );
    const { name, manifest, notes } = resolveImage(file);
    expect({ name, notes, source: manifest.source }).toEqual({
      name: "mine",
      notes: [],
      source: {
        kind: "file",
        path: join(dir.path, "disks/a.img"),
        format: "raw",
        allowBacking: [join(dir.path, "b")],
      },
    });
  });

  test("reads a profile beside the manifest", async () => {
    await using dir = await tempDir();
    writeFileSync(
      join(dir.path, "os.yaml"),
      "schema: 1\nname: os\ntitle: My OS\nsuites: [read-only-root]\n",
    );
    const file = join(dir.path, "mine.yaml");
    writeFileSync(file, "schema: 1\nname: mine\nsource: { build: mine }\nprofile: ./os.yaml\n");
    const { manifest, profile } = resolveImage(file);
    expect([manifest.profile, profile]).toEqual([
      join(dir.path, "os.yaml"),
      {
        kind: "named",
        profile: expect.objectContaining({ name: "os", suites: ["read-only-root"] }),
      },
    ]);
  });

  test("makes a manifest for a bare file", async () => {
    await using dir = await tempDir();
    const file = join(dir.path, "My Disk.img");
    writeFileSync(file, gptBytes([], true));
    const { name, profile, manifest } = resolveImage(file);
    expect([name, profile, manifest.suites]).toEqual([
      "my-disk",
      { kind: "detect", otherwise: expect.objectContaining({ name: "generic" }) },
      undefined,
    ]);
  });

  test.each(["referense", "reference+root-rx", "reference+root-rw+x", "./nowhere.img", "", "a\0b"])(
    "refuses %j as unknown",
    (spec) => {
      expect(errorCodeOf(errorOf(spec))).toBe("IMAGE_UNKNOWN");
    },
  );

  test("names what is near", () => {
    expect(errorOf("reference+rootrw")).toMatchObject({
      hint: "Did you mean reference+root-rw? A file is given by its path; `bootwright mutants list` has the changed images",
    });
  });

  test("refuses a directory", async () => {
    await using dir = await tempDir();
    mkdirSync(join(dir.path, "image"));
    expect(errorCodeOf(errorOf(join(dir.path, "image")))).toBe("IMAGE_UNUSABLE");
  });
});
