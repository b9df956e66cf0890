import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { ImageError } from "../../harness/core/errors.ts";
import { sha256OfFile, sha256OfText } from "../../harness/core/sha256.ts";
import type { Mutant } from "../mutant.ts";
import { goProgramSpot } from "../payload/go-program.ts";
import { mutantProgram } from "../payload/mutant-programs.ts";
import { payloadKeys } from "./payload-parts.ts";
import { recipeKey } from "./recipe-key.ts";

/** Where an image is in the cache, once it is built: `images/NAME/KEY`. Its key changes with all that it is made of. */
export interface ImageEntry {
  readonly name: string;
  readonly key: string;
}

const recipesDir = join(import.meta.dirname, "..", "recipes");
export const probeRecipe = "probe";

/** The folder in the cache that holds all built images. */
export const imageStore = (): string => join(cacheDir(), "images");

const pathOfEntry = ({ name, key }: ImageEntry): string => join(imageStore(), name, key);

/**
 * The folder of a recipe.
 * @throws {ImageError} IMAGE_UNKNOWN for a recipe that does not exist.
 */
export const recipeDirOf = (recipe: string): string => {
  const recipeDir = join(recipesDir, recipe);
  if (/^[a-z0-9-]+$/.test(recipe) && existsSync(recipeDir)) return recipeDir;
  throw new ImageError(
    "IMAGE_UNKNOWN",
    `There is no recipe ${JSON.stringify(recipe)} in images/recipes`,
  );
};

/**
 * @param agentPath asked for only when the recipe contains the agent.
 * @throws {HostError} HOST_TOOL_MISSING without Go, where the recipe contains programs that are built with it.
 */
export const imageEntry = async (
  recipe: string,
  agentPath: () => Promise<string>,
): Promise<ImageEntry> => {
  const recipeDir = recipeDirOf(recipe);
  const key =
    recipe === probeRecipe
      ? recipeKey([recipeDir, import.meta.dirname], [await sha256OfFile(await agentPath())])
      : recipeKey(
          [
            ...[recipeDir, join(recipesDir, "node"), import.meta.dirname],
            // A verity node is made of what `reference` is made of.
            ...(existsSync(join(recipeDir, "seal"))
              ? [join(recipesDir, "reference"), join(import.meta.dirname, "..", "verity-node")]
              : []),
          ],
          await payloadKeys(recipeDir),
        );
  return { name: recipe, key };
};

/**
 * Undefined for a mutant that changes no file: its base's image serves.
 * @throws {HostError} HOST_TOOL_MISSING without Go, where the mutant adds a program that is built with it.
 */
export const mutantEntry = async (
  mutant: Mutant,
  base: ImageEntry,
): Promise<ImageEntry | undefined> => {
  if (base.name === probeRecipe || mutant.recipe.length === 0) return undefined;
  const spots = await Promise.all(ownPrograms(mutant).map(mutantProgram).map(goProgramSpot));
  const text = [
    join(pathOfEntry(base), "disk.raw"),
    JSON.stringify(mutant.recipe),
    ...spots.map(({ name, key }) => `${name} ${key}`),
  ].join("\n");
  return { name: `${mutant.of}+${mutant.name}`, key: sha256OfText(text).slice(0, 16) };
};

/** Names of programs that are built for this mutant. */
export const ownPrograms = ({ recipe }: Mutant): readonly string[] =>
  recipe.flatMap((change) =>
    change.kind === "add-program" && "program" in change ? [change.program] : [],
  );
