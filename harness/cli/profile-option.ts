import { Option } from "commander";
import type { ResolvedImage } from "../../images/catalog.ts";
import { profileChoice, withPromises } from "../../images/profile/profile-choice.ts";

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
  const asked = choice.kind === "named" ? { ...choice, kind: "forced" as const } : choice;
  return { ...resolved, manifest, profile: withPromises(asked, resolved.mutant) };
};
