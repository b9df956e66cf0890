import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { mutantSchema } from "./mutant-schema.ts";
import { readYamlFile } from "./yaml.ts";

const directory = join(import.meta.dirname, "mutants");

/**
 * The mutant of an image by name, which is that of its file too: another file with problems does not stand in its way.
 * @throws {ConfigError} when its file has problems.
 */
export const findMutant = (image: string, name: string): Mutant | undefined => {
  if (!readdirSync(directory).includes(`${name}.yaml`)) return undefined;
  const mutant = readYamlFile(join(directory, `${name}.yaml`), mutantSchema);
  return mutant.of === image ? mutant : undefined;
};

/**
 * The mutants of `images/mutants`, of one image or of all, by image and name.
 * @throws {ConfigError} when a file has problems.
 */
export const listMutants = (image?: string): readonly Mutant[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .toSorted()
    .map((file) => readYamlFile(join(directory, file), mutantSchema))
    .filter((mutant) => image === undefined || mutant.of === image);
