import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ImageError, InternalError } from "../../harness/core/errors.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { GiB } from "../../harness/core/units.ts";
import { type BuildOptions, buildImage, buildMutant } from "../builder/build-image.ts";
import { imageEntry, recipeDirOf } from "../builder/image-entry.ts";
import { type NodeRecipe, nodeRecipe } from "../builder/node-recipe.ts";
import { cachedBuild } from "../cached-build.ts";
import { resolveImageName } from "../image-name.ts";
import type { Mutant } from "../mutant.ts";
import { findMutant } from "../mutants.ts";
import { verityReleases } from "../verity-node/verity-release.ts";
import { ostreeReleases } from "./ostree-release.ts";
import { findRelease, firstRelease, listReleases } from "./release.ts";
import type { MadeRelease, ReleaseIdentity, ReleaseMaker, ReleaseSource } from "./release-maker.ts";
import { changesOf, releaseSpot } from "./release-spot.ts";
import type { StatedRelease } from "./stated-release.ts";

/** A release that can be booted, or given to an updater. */
export interface BuiltRelease extends ReleaseIdentity {
  readonly name: string;
  /** IMAGE_VERSION of its os-release; `v1` of an OSTree node has none. */
  readonly version?: string;
  /** A raw image of a whole disk. */
  readonly disk: string;
  /** A raw ext4 file system from which an updater takes the release; `v1` has none. */
  readonly payload?: string;
  /** A file of the payload that only this release has, from its root: who damages it damages the release. */
  readonly ownFile?: string;
}

// An image's disk, its archives and the payload, each of some 350 MiB (2026-11-30).
const releaseBuildBytes = 2 * GiB;

/**
 * Builds a release of an image, or takes it from the cache. The first release is the image itself. A release of a mutant has the
 * mutant's changes too, so that what is broken in the first is broken in all that may run.
 * @param spec as in `reference`, or `reference+MUTANT`.
 * @throws {ImageError} IMAGE_UNKNOWN for a release that there is not; IMAGE_BUILD when a step failed, or no releases can be made of the image.
 */
export const buildRelease = async (
  spec: string,
  name: string,
  options: BuildOptions,
): Promise<BuiltRelease> => {
  const { image, mutant } = subjectOf(spec);
  const recipe = nodeRecipe(recipeDirOf(image));
  const maker = makerFor(recipe, image);
  const release = name === firstRelease ? undefined : findRelease(image, name);
  if (name !== firstRelease && release === undefined) throw noSuchRelease(image, name);
  const entry = await imageEntry(image, options.agentPath);
  const source = { entry, recipe, disk: diskOf(await buildImage(image, options)) };
  if (release === undefined) {
    const disk = mutant === undefined ? source.disk : diskOf(await buildMutant(mutant, options));
    await using work = await tempDir("bw-release");
    return { name, ...(await maker.first(source, disk, work.path)), disk };
  }
  const applied = release.isRefused ? undefined : mutant;
  const spot = await releaseSpot(entry, release, applied);
  const { dir } = await cachedBuild(spot, {
    what: `release ${name} of image ${spec}`,
    neededBytes: releaseBuildBytes,
    build: (outDir, workDir) =>
      makeIn(outDir, maker, { source, release, mutant: applied, workDir, onLine: options.onLine }),
  });
  return {
    ...{ name, version: release.version, ...told(dir) },
    ...{ disk: join(dir, diskName), payload: join(dir, payloadName) },
  };
};

const diskName = "disk.raw";
const payloadName = "payload.ext4";
const tellName = "release.json";

const subjectOf = (
  spec: string,
): { readonly image: string; readonly mutant: Mutant | undefined } => {
  const { image, mutant: name } = resolveImageName(spec) ?? { image: spec };
  const mutant = name === undefined ? undefined : findMutant(image, name);
  if (name === undefined || mutant !== undefined) return { image, mutant };
  throw new ImageError("IMAGE_UNKNOWN", `Image ${image} has no mutant ${name}`);
};

const makerFor = ({ kind }: NodeRecipe, image: string): ReleaseMaker => {
  if (kind === "ostree") return ostreeReleases;
  if (kind === "verity") return verityReleases;
  throw new ImageError("IMAGE_BUILD", `No releases can be made of image ${image}`, {
    hint: "Only of an OSTree node, and of one with two slots",
  });
};

const diskOf = (built: Awaited<ReturnType<typeof buildImage>>): string => {
  if (built.kind === "disk") return built.disk;
  throw new InternalError("An image with a recipe for a node was built without a disk");
};

interface MakeOptions {
  readonly source: ReleaseSource;
  readonly release: StatedRelease;
  readonly mutant: Mutant | undefined;
  readonly workDir: string;
  readonly onLine: (line: string) => void;
}

const makeIn = async (
  outDir: string,
  maker: ReleaseMaker,
  { source, release, mutant, workDir, onLine }: MakeOptions,
): Promise<void> => {
  const made = await maker.make(source, {
    ...{ release, changes: changesOf(release, mutant), workDir, onLine },
    ...{ diskPath: join(outDir, diskName), payloadPath: join(outDir, payloadName) },
  });
  writeFileSync(join(outDir, tellName), `${JSON.stringify(made, null, 2)}\n`);
};

/** What stands beside the disks of a release. */
const toldSchema: z.ZodType<MadeRelease> = z.strictObject({
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  kernelArguments: z.array(z.string()),
  ownFile: z.string(),
});

const told = (dir: string): MadeRelease =>
  toldSchema.parse(JSON.parse(readFileSync(join(dir, tellName), "utf8")));

const noSuchRelease = (image: string, name: string): ImageError => {
  const names = [firstRelease, ...listReleases(image).map((release) => release.name)];
  return new ImageError(
    "IMAGE_UNKNOWN",
    `Image ${image} has no release ${JSON.stringify(name)}; it has ${names.join(", ")}`,
  );
};
