import type { ResolvedImage } from "../../../images/catalog.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import {
  decidingPaths,
  isForAnotherSystem,
  matchingProfiles,
  unmetPaths,
} from "../../../images/profile/profile-match.ts";
import { listProfiles } from "../../../images/profile/profiles.ts";
import { ConfigError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";
import { candidateRoots } from "./candidate-roots.ts";

export interface ChosenProfile {
  readonly profile: Profile;
  /** Why this one, where the user did not name it, and what speaks against it. */
  readonly notes: readonly string[];
}

type Chosen = Pick<ResolvedImage, "name" | "profile"> & {
  readonly manifest: Pick<ResolvedImage["manifest"], "source" | "disks">;
};

/**
 * Whose promises the image is judged by: the profile that was named, unless the image's os-release says that it is another
 * system, or the one whose rules fit what is in the image.
 * @throws {ConfigError} with what was read, when a profile contradicts os-release, or not exactly one fits.
 */
export const chooseProfile = (image: Chosen, disk: IdentifiedDisk): ChosenProfile => {
  const choice = image.profile;
  if (choice.kind === "detect") return detectProfile(image, disk, choice.otherwise);
  const { profile } = choice;
  // What is built here is what its manifest says; whether its os-release says so too is for a check to judge.
  if (choice.kind === "named" && image.manifest.source.kind === "build") {
    return { profile, notes: [] };
  }
  return { profile, notes: objections(image.name, profile, disk) };
};

const objections = (image: string, profile: Profile, disk: IdentifiedDisk): readonly string[] => {
  if (profile.match.length === 0) return [];
  const known = candidateRoots(disk).filter(({ osRelease }) => Object.keys(osRelease).length > 0);
  if (known.length === 0) {
    return [`Profile ${profile.name} could not be compared with the image: ${seenOn(disk)}`];
  }
  if (known.every((system) => isForAnotherSystem(profile, system))) {
    throw new ConfigError(
      `Profile ${profile.name} is for another system than the one in ${image}: ${seenOn(disk)}`,
      {
        hint: "Name the profile of this system, or one without rules (`match`) in a file of your own",
      },
    );
  }
  const unmet = [...new Set(known.flatMap((system) => unmetPaths(profile, system)))];
  return unmet.length === 0
    ? []
    : [`Profile ${profile.name} was named, although its rules say otherwise: ${unmet.join(", ")}`];
};

const detectProfile = (
  image: Chosen,
  disk: IdentifiedDisk,
  otherwise: Profile | undefined,
): ChosenProfile => {
  const profiles = listProfiles();
  const systems = candidateRoots(disk);
  const found = systems.map((system) => matchingProfiles(profiles, system));
  const all = [...new Set(found.flat())];
  const [profile] = all;
  if (profile !== undefined && found.every((those) => those.length === 1) && all.length === 1) {
    const lacking = withoutItsDisk(profile, image);
    return { profile, notes: [`Profile ${profile.name}: ${seenOn(disk, profiles)}`, ...lacking] };
  }
  const which =
    all.length === 0
      ? "the rules of no profile fit"
      : `the rules of more than one may fit (${all.map(({ name }) => name).join(", ")})`;
  if (otherwise !== undefined) {
    const why = `${which}: ${seenOn(disk, profiles)}`;
    return {
      profile: otherwise,
      notes: [`Profile ${otherwise.name}, no promise is judged: ${why}`],
    };
  }
  throw new ConfigError(
    `Expected one profile for ${image.name}, but ${which}: ${seenOn(disk, profiles)}`,
    {
      hint: `Name it with --profile: ${profiles.map(({ name }) => name).join(", ")}, or the path of a file of your own`,
    },
  );
};

/** A bare file gets no data disks, so an image that needs one cannot come up. */
const withoutItsDisk = ({ name, dataDisk }: Profile, { manifest }: Chosen): readonly string[] => {
  if (dataDisk === undefined) return [];
  if (manifest.disks.some(({ serial }) => serial === dataDisk.serial)) return [];
  return [
    `Profile ${name} promises a data disk for ${dataDisk.mountPoint}, which this machine does not have: give the image a manifest, or see \`bootwright images list\``,
  ];
};

const shownFields = ["ID", "VERSION_ID", "VARIANT_ID", "PRETTY_NAME"];
const maxTold = 4;

/** What was read of the image that profiles are found by. */
const seenOn = (disk: IdentifiedDisk, profiles: readonly Profile[] = []): string => {
  const systems = candidateRoots(disk);
  if (systems.length === 0) {
    const unread = disk.unread.slice(0, maxTold).map((text) => printable(text, 200));
    return ["no root of an operating system was found in its file", ...unread].join("; ");
  }
  return systems
    .slice(0, maxTold)
    .map((system) => tell(system, profiles))
    .join("; ");
};

const tell = (system: SystemIdentity, profiles: readonly Profile[]): string => {
  const fields = shownFields.flatMap((key) => {
    const value = system.osRelease[key];
    return value === undefined ? [] : [`${key}="${printable(value, 80)}"`];
  });
  const paths = Object.entries(decidingPaths(profiles, system)).map(
    ([path, isThere]) => `${path} is ${isThere ? "" : "not "}there`,
  );
  const where = system.partition === 0 ? "the disk" : `partition ${system.partition}`;
  const osRelease = fields.length === 0 ? "says nothing of itself" : `has ${fields.join(", ")}`;
  return [`os-release in ${where} ${osRelease}`, ...paths].join(", ");
};
