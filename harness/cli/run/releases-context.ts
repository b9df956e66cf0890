import { existsSync } from "node:fs";
import { resolveImageName } from "../../../images/image-name.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import { buildRelease } from "../../../images/release/build-release.ts";
import { firstRelease, listReleases } from "../../../images/release/release.ts";
import type { ReleaseFile } from "../../../images/release-file.ts";
import type { ImageManifest } from "../../../images/schema.ts";
import { ConfigError, ImageError } from "../../core/errors.ts";
import type { BootFiles } from "../../machine/machine-plan.ts";
import type { Release } from "../../update/driver.ts";
import { requireUpdateCommands } from "../../update/update-driver.ts";
import { buildOptions } from "../build-progress.ts";
import { neededFor } from "./needed-releases.ts";
import { suiteKindOf } from "./suite-files.ts";

export interface PlannedImage {
  /** As on the command line: `reference`, or `reference+MUTANT`. */
  readonly image: string;
  readonly manifest: ImageManifest;
  readonly profile: Profile;
  readonly files: BootFiles;
  /** Only trials of these checks are made. Default: all. */
  readonly trialsOf?: readonly string[] | undefined;
}

/**
 * The releases that `*.upgrade.suite.ts` files work with, `v1` first; none when no such file is selected, or the image has none. Those
 * that are missing are built.
 * @throws {ImageError} as `buildRelease`; IMAGE_UNUSABLE for a file of the manifest's that is not there. {ConfigError} for a manifest without `v1`, or
 * without the commands of the driver `command`.
 */
export const releasesContext = async (
  suiteFiles: readonly string[],
  { image, manifest, profile, files, trialsOf }: PlannedImage,
): Promise<readonly Release[]> => {
  const wanted = suiteFiles.filter((file) => suiteKindOf(file) === "upgrade");
  if (wanted.length === 0 || profile.upgrade === undefined || files.kind !== "disk") return [];
  requireUpdateCommands(profile.upgrade.drivers, manifest.updateCommands);
  if (manifest.source.kind !== "build") return givenReleases(manifest.releases ?? [], files);
  const all = listReleases(resolveImageName(image)?.image ?? image).map(({ name }) => name);
  if (all.length === 0) return [];
  const names = new Set(wanted.flatMap((file) => neededFor(file, all, trialsOf)));
  const releases: Release[] = [];
  for (const name of [firstRelease, ...all.filter((one) => names.has(one))])
    releases.push(await buildRelease(image, name, buildOptions(`release ${name} of ${image}`)));
  return releases;
};

/** Releases of an image that is not built here. */
const givenReleases = (
  stated: readonly ReleaseFile[],
  image: Extract<BootFiles, { kind: "disk" }>,
): readonly Release[] => {
  const [first] = stated.filter(({ name }) => name === firstRelease);
  if (stated.length === 0) return [];
  if (first === undefined)
    throw new ConfigError(
      `The manifest's releases are ${stated.map(({ name }) => name).join(", ")}, but the image itself, ${firstRelease}, is not among them`,
      { hint: `Add the item { name: ${firstRelease}, identity: … } to releases` },
    );
  const others = stated.filter((one) => one !== first);
  return [
    { ...told(first), disk: image.path, diskFormat: image.format },
    ...others.flatMap((release) => withDisk(release)),
  ];
};

const withDisk = (release: ReleaseFile): readonly Release[] => {
  const { name, disk, payload } = release;
  if (disk === undefined) return []; // No manifest has one.
  for (const path of [disk.path, payload]) if (path !== undefined) refuseMissing(name, path);
  const taken = payload === undefined ? {} : { payload };
  return [{ ...told(release), disk: disk.path, diskFormat: disk.format, ...taken }];
};

const told = ({ name, identity, version, ownFile }: ReleaseFile): Omit<Release, "disk"> => ({
  name,
  identity,
  ...(version === undefined ? {} : { version }),
  ...(ownFile === undefined ? {} : { ownFile }),
});

const refuseMissing = (name: string, path: string): void => {
  if (existsSync(path)) return;
  throw new ImageError(
    "IMAGE_UNUSABLE",
    `Release ${name} should have a file ${path}, but there is none`,
    {
      hint: "Correct releases in the manifest",
    },
  );
};
