import type { Profile } from "./profile/profile.ts";
import type { StatedManifest } from "./schema.ts";

/** The suites of a run that names none: the manifest's list, or that of the profile by which the image is judged. */
export const suitesOf = (
  { suites }: Pick<StatedManifest, "suites">,
  profile: Pick<Profile, "suites">,
): readonly string[] => suites ?? profile.suites;
