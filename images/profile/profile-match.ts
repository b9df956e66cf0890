import type { Profile, ProfileRule } from "./profile.ts";

/** What is read of an image to find its profile. */
export interface SeenSystem {
  /** Empty when there is none. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** Whether anything stands at a path of the image. */
  readonly has: (path: string) => boolean;
}

/**
 * The profiles that an image asks for. Of several that fit, those whose rule says most are meant, so that a variant is
 * preferred to its distribution: more than one is a draw.
 */
export const matchingProfiles = (
  profiles: readonly Profile[],
  seen: SeenSystem,
): readonly Profile[] => {
  const scored = profiles.flatMap((profile) => {
    const weights = profile.match.filter((rule) => fits(rule, seen)).map(weightOf);
    return weights.length === 0 ? [] : [{ profile, weight: Math.max(...weights) }];
  });
  const most = Math.max(...scored.map(({ weight }) => weight));
  return scored.filter(({ weight }) => weight === most).map(({ profile }) => profile);
};

/** Whether the profile says of itself that it is for an operating system other than the one that was seen. */
export const isForAnotherSystem = (profile: Profile, seen: SeenSystem): boolean =>
  profile.match.length > 0 && !profile.match.some((rule) => hasFields(rule, seen));

/** Paths that decide between profiles for the operating system that was seen, and what is there. */
export const decidingPaths = (
  profiles: readonly Profile[],
  seen: SeenSystem,
): Readonly<Record<string, boolean>> => {
  const rules = profiles.flatMap(({ match }) => match.filter((rule) => hasFields(rule, seen)));
  const paths = rules.flatMap(({ present, absent }) => [...present, ...absent]);
  return Object.fromEntries([...new Set(paths)].toSorted().map((path) => [path, seen.has(path)]));
};

/** What the profile's rules for the operating system that was seen say of paths, and is not so; empty when one rule fits. */
export const unmetPaths = (profile: Profile, seen: SeenSystem): readonly string[] => {
  const ofSystem = profile.match.filter((rule) => hasFields(rule, seen));
  if (ofSystem.some((rule) => fits(rule, seen))) return [];
  const unmet = ofSystem.flatMap(({ present, absent }) => [
    ...present.filter((path) => !seen.has(path)).map((path) => `${path} is not there`),
    ...absent.filter((path) => seen.has(path)).map((path) => `${path} is there`),
  ]);
  return [...new Set(unmet)];
};

const fits = (rule: ProfileRule, seen: SeenSystem): boolean =>
  hasFields(rule, seen) && rule.present.every(seen.has) && !rule.absent.some(seen.has);

const hasFields = ({ osRelease }: ProfileRule, seen: SeenSystem): boolean =>
  Object.entries(osRelease).every(([key, wanted]) => {
    const value = seen.osRelease[key];
    if (value === undefined) return false;
    return wanted.endsWith("*") ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
  });

const weightOf = ({ osRelease, present, absent }: ProfileRule): number =>
  Object.keys(osRelease).length + present.length + absent.length;
