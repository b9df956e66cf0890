import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { type BuildOptions, buildImage } from "../builder/build-image.ts";
import { imageEntry, recipeDirOf } from "../builder/image-entry.ts";
import { nodeRecipe } from "../builder/node-recipe.ts";
import { baseRepository, kernelArgumentsOf } from "./base-repository.ts";
import { buildRelease } from "./build-release.ts";
import { ostreeReleases } from "./ostree-release.ts";
import { findRelease } from "./release.ts";
import { buildReleaseDisk } from "./release-disk.ts";
import type { ReleaseSource } from "./release-maker.ts";

const options: BuildOptions = {
  agentPath: () => Promise.reject(new Error("A node contains no agent")),
  onLine: () => undefined,
};
let source: ReleaseSource;

describe("releases of reference", { timeout: 900_000 }, () => {
  beforeAll(async () => {
    const built = await buildImage("reference", options);
    if (built.kind !== "disk") throw new Error("reference should be a disk");
    const recipe = nodeRecipe(recipeDirOf("reference"));
    const entry = await imageEntry("reference", options.agentPath);
    source = { entry, recipe, disk: built.disk };
  }, 900_000);

  test("a disk made of the image's own commit is the image's, byte for byte", async () => {
    await using work = await tempDir("release");
    const { disk, entry, recipe } = source;
    const base = await baseRepository(disk, entry, recipe);
    const kernelArguments = await kernelArgumentsOf(disk, recipe, work.path);
    const diskPath = join(work.path, "disk.raw");
    const own = { workDir: work.path, onLine: () => undefined };
    await buildReleaseDisk({ ...base, kernelArguments }, recipe, diskPath, own);
    expect(await sha256OfFile(diskPath)).toBe(await sha256OfFile(disk));
  });

  test("made once more, a release has the same bytes", async () => {
    const built = await buildRelease("reference", "v2", options);
    const release = findRelease("reference", "v2");
    if (release === undefined || built.payload === undefined) throw new Error("there is no v2");
    await using work = await tempDir("release");
    const paths = {
      diskPath: join(work.path, "own.raw"),
      payloadPath: join(work.path, "own.ext4"),
    };
    const made = await ostreeReleases.make(source, {
      ...{ release, changes: release.changes, workDir: work.path, onLine: () => undefined },
      ...paths,
    });
    expect(built).toMatchObject(made);
    expect([await sha256OfFile(paths.diskPath), await sha256OfFile(paths.payloadPath)]).toEqual([
      await sha256OfFile(built.disk),
      await sha256OfFile(built.payload),
    ]);
  });

  test("a release of a mutant has the mutant's changes, and the mutant's first release is its disk", async () => {
    const name = "reference+debug-shell";
    const [first, second, plain] = [
      await buildRelease(name, "v1", options),
      await buildRelease(name, "v2", options),
      await buildRelease("reference", "v2", options),
    ];
    const { identity } = await buildRelease("reference", "v1", options);
    expect(first.identity).toBe(identity);
    expect(first.disk).not.toBe(source.disk);
    expect(second.identity).not.toBe(plain.identity);
  });
});
