import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImageEntry, imageStore } from "../builder/image-entry.ts";
import { recipeKey } from "../builder/recipe-key.ts";
import type { CacheSpot } from "../cached-build.ts";
import { type Mutant, mutantImageName, type RecipeChange } from "../mutant.ts";
import { goProgramSpot } from "../payload/go-program.ts";
import { mutantProgram } from "../payload/mutant-programs.ts";
import type { StatedRelease } from "./stated-release.ts";

/** All that differs in a release from the image without a mutant, in order. */
export const changesOf = (
  { changes }: StatedRelease,
  mutant: Mutant | undefined,
): readonly RecipeChange[] => [...(mutant?.recipe ?? []), ...changes];

/**
 * Where a release is in the cache, once it is built.
 * @param base of the image without a mutant's changes.
 * @throws {HostError} HOST_TOOL_MISSING without Go, where it has a program that is built with it.
 */
export const releaseSpot = async (
  base: ImageEntry,
  release: StatedRelease,
  mutant?: Mutant,
): Promise<CacheSpot> => {
  const changes = changesOf(release, mutant);
  const programs = changes.flatMap((change) =>
    change.kind === "add-program" && "program" in change ? [change.program] : [],
  );
  const spots = await Promise.all(programs.map(mutantProgram).map(goProgramSpot));
  const of = mutant === undefined ? base.name : mutantImageName(mutant);
  const made = JSON.stringify({ base, release, changes, spots });
  const key = recipeKey([import.meta.dirname], [made, readFileSync(packer, "utf8")]);
  return { store: imageStore(), name: releaseFolder(of, release.name), key };
};

/** Its folder in the cache's `images`. */
export const releaseFolder = (image: string, release: string): string =>
  `release+${image}+${release}`;

const packer = join(import.meta.dirname, "..", "payload", "conformance", "read-only-disk.ts");
