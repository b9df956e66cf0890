import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { mutantSchema } from "./mutant-schema.ts";
import { readYamlFile } from "./yaml.ts";

const directory = join(import.meta.dirname, "mutants");

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
