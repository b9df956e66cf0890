import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ConfigError } from "../../harness/core/errors.ts";
import { nearestNames } from "../image-name.ts";
import { readYamlFile } from "../yaml.ts";
import type { Profile } from "./profile.ts";
import { profileSchema } from "./profile-schema.ts";

const directory = join(import.meta.dirname, "..", "profiles");

export const listProfiles = (): readonly Profile[] => profileNames().map(loadProfile);

/**
 * A profile of `images/profiles` by name, or any profile file by path (`*.yaml`).
 * @throws {ConfigError} when there is none of that name, or the file has problems.
 */
export const loadProfile = (nameOrPath: string): Profile => {
  if (/\.ya?ml$/.test(nameOrPath)) return readYamlFile(nameOrPath, profileSchema);
  const known = profileNames();
  if (!known.includes(nameOrPath)) {
    const near = nearestNames(nameOrPath, known);
    throw new ConfigError(`There is no profile ${nameOrPath}; known: ${known.join(", ")}`, {
      hint: near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "Give a name or a .yaml path",
    });
  }
  return readYamlFile(join(directory, `${nameOrPath}.yaml`), profileSchema);
};

const profileNames = (): readonly string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .toSorted();
