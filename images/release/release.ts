import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../harness/core/errors.ts";
import { readYamlFile } from "../yaml.ts";
import { releaseSchema } from "./release-schema.ts";
import type { StatedRelease } from "./stated-release.ts";

/** The release that the image itself is. */
export const firstRelease = "v1";

const directory = join(import.meta.dirname, "..", "releases");

/**
 * The releases of an image beside `v1`, by name.
 * @throws {ConfigError} when a file has problems.
 */
export const listReleases = (image: string): readonly StatedRelease[] => {
  const folder = join(directory, image);
  if (!/^[a-z0-9-]+$/.test(image) || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .toSorted()
    .map((file) => readRelease(image, file));
};

/**
 * Another file with problems does not stand in its way.
 * @throws {ConfigError} when its file has problems.
 */
export const findRelease = (image: string, name: string): StatedRelease | undefined =>
  [image, name].every((part) => /^[a-z0-9-]+$/.test(part)) &&
  existsSync(join(directory, image, `${name}.yaml`))
    ? readRelease(image, `${name}.yaml`)
    : undefined;

const readRelease = (image: string, file: string): StatedRelease => {
  const release = readYamlFile(join(directory, image, file), releaseSchema);
  if (release.of === image && `${release.name}.yaml` === file) return release;
  throw new ConfigError(
    `images/releases/${image}/${file} should state of: ${image} and name: ${file.replace(/\.yaml$/, "")}, but states ${release.of} and ${release.name}`,
  );
};
