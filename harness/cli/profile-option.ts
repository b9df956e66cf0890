import { Option } from "commander";
import type { ResolvedImage } from "../../images/catalog.ts";
import { applyPromises } from "../../images/mutant.ts";
import { profileChoice } from "../../images/profile-choice.ts";

export const profileOption = (): Option =>
  new Option(
    "--profile <profile>",
    "whose promises the image is judged by: a name, a .yaml file, or detect (default: profile of the manifest)",
  );

/**
 * The image with the profile that the option asks for, and that profile's suites.
 * @throws {ConfigError} when there is no such profile, or its file has problems.
 */
export const withProfileOption = (
  resolved: ResolvedImage,
  { profile }: { readonly profile?: string },
): ResolvedImage => {
  if (profile === undefined) return resolved;
  const { suites: _, ...manifest } = { ...resolved.manifest, profile };
  const choice = profileChoice(profile);
  if (choice.kind === "detect") return { ...resolved, manifest, profile: choice };
  const named = choice.profile;
  const { mutant } = resolved;
  const promised = mutant === undefined ? named : applyPromises(named, mutant);
  return { ...resolved, manifest, profile: { kind: "forced", profile: promised } };
};
