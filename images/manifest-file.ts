import { dirname, resolve } from "node:path";
import { manifestSchema } from "./manifest-schema.ts";
import { type ProfileChoice, profileChoice } from "./profile/profile-choice.ts";
import type { ReleaseFile } from "./release-file.ts";
import type { BootMethod, FirmwareVariables, ImageSource, StatedManifest } from "./schema.ts";
import { readYamlFile } from "./yaml.ts";

export interface LoadedManifest {
  readonly manifest: StatedManifest;
  readonly profile: ProfileChoice;
}

/**
 * Reads a manifest and its profile; paths in it become absolute, from the manifest's directory.
 * @throws {ConfigError} with every problem of the file.
 */
export const loadManifest = (file: string): LoadedManifest => {
  const stated = readYamlFile(file, manifestSchema);
  const toAbsolute = (path: string): string => resolve(dirname(file), path);
  const isPath = /\.ya?ml$/.test(stated.profile);
  const profileName = isPath ? toAbsolute(stated.profile) : stated.profile;
  return {
    profile: profileChoice(profileName),
    manifest: {
      ...stated,
      profile: profileName,
      source: absoluteSource(stated.source, toAbsolute),
      ...(stated.releases === undefined
        ? {}
        : { releases: stated.releases.map((one) => absoluteRelease(one, toAbsolute)) }),
      machine: {
        ...stated.machine,
        boot: absoluteBoot(stated.machine.boot, toAbsolute),
        firmwareVariables: absoluteVariables(stated.machine.firmwareVariables, toAbsolute),
      },
    },
  };
};

type ToAbsolute = (path: string) => string;

const absoluteSource = (source: ImageSource, toAbsolute: ToAbsolute): ImageSource =>
  source.kind !== "file"
    ? source
    : {
        ...source,
        path: toAbsolute(source.path),
        allowBacking: source.allowBacking.map(toAbsolute),
      };

const absoluteRelease = (release: ReleaseFile, toAbsolute: ToAbsolute): ReleaseFile => ({
  ...release,
  ...(release.disk === undefined
    ? {}
    : { disk: { ...release.disk, path: toAbsolute(release.disk.path) } }),
  ...(release.payload === undefined ? {} : { payload: toAbsolute(release.payload) }),
});

const absoluteVariables = (
  variables: FirmwareVariables,
  toAbsolute: ToAbsolute,
): FirmwareVariables =>
  variables.kind === "keys" ? variables : { kind: "file", path: toAbsolute(variables.path) };

const absoluteBoot = (boot: BootMethod, toAbsolute: ToAbsolute): BootMethod =>
  boot.kind === "firmware"
    ? boot
    : {
        ...boot,
        ...(boot.kernel === undefined ? {} : { kernel: toAbsolute(boot.kernel) }),
        ...(boot.initrd === undefined ? {} : { initrd: toAbsolute(boot.initrd) }),
      };
