import { applyPromises, type Mutant } from "../mutant.ts";
import type { Profile } from "./profile.ts";
import { loadProfile } from "./profiles.ts";

/** Whose promises an image is judged by. */
export type ProfileChoice =
  /** The manifest's. */
  | { readonly kind: "named"; readonly profile: Profile }
  /** That of the command line. */
  | { readonly kind: "forced"; readonly profile: Profile }
  /** The one whose rules fit the image; where none does, `otherwise` or an error. */
  | { readonly kind: "detect"; readonly otherwise?: Profile };

/**
 * What a manifest's key `profile` asks for.
 * @throws {ConfigError} when there is no such profile, or its file has problems.
 */
export const profileChoice = (nameOrPath: string): ProfileChoice =>
  nameOrPath === "detect"
    ? { kind: "detect" }
    : { kind: "named", profile: loadProfile(nameOrPath) };

/** The choice with what a mutant promises instead; without a mutant as it is. */
export const withPromises = (choice: ProfileChoice, mutant: Mutant | undefined): ProfileChoice =>
  choice.kind === "detect" || mutant === undefined
    ? choice
    : { ...choice, profile: applyPromises(choice.profile, mutant) };
