import type { ResolvedImage } from "../../../images/catalog.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import type { ImageManifest } from "../../../images/schema.ts";
import { suitesOf } from "../../../images/suites-of.ts";
import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";
import { bootingSystem } from "./booting-system.ts";
import type { KnownOfImage } from "./choose-injection.ts";
import { chooseProfile } from "./choose-profile.ts";
import { settleEtcLayer } from "./settle-etc-layer.ts";
import { settleSystemDisk } from "./settle-system-disk.ts";

/** An image of which everything is known that its manifest left open. */
export interface SettledImage {
  readonly manifest: ImageManifest;
  readonly profile: Profile;
  /** Undefined when it could not be told what system the image boots. */
  readonly identity: SystemIdentity | undefined;
  readonly known: KnownOfImage;
  /** What was decided, for the user. */
  readonly notes: readonly string[];
}

/**
 * Fills in what the manifest leaves to the image, from what was read of its disk.
 * @throws {ConfigError} when no profile fits, or the one that was named is for another system. {ImageError} IMAGE_UNUSABLE
 * when its root partition is not found.
 */
export const settleImage = (resolved: ResolvedImage, disk: IdentifiedDisk): SettledImage => {
  const { profile, notes } = chooseProfile(resolved, disk);
  const { agent, problem } = settleEtcLayer(resolved.manifest.agent, disk);
  const systemDisk = settleSystemDisk(resolved.manifest, disk);
  const { identity, systemdVersion, notes: doubts } = bootingSystem(systemDisk, disk);
  return {
    manifest: {
      ...resolved.manifest,
      agent,
      profile: profile.name,
      systemDisk,
      suites: suitesOf(resolved.manifest, profile),
    },
    profile,
    identity,
    known: { systemdVersion, etcLayerProblem: problem },
    notes: [...notes, ...doubts],
  };
};
