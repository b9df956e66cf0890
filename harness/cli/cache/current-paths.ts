import { existsSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { basename, join, relative } from "node:path";
import {
  type ImageEntry,
  imageEntry,
  mutantEntry,
  ownPrograms,
  recipeDirOf,
} from "../../../images/builder/image-entry.ts";
import { packageFileEntry } from "../../../images/builder/package-file.ts";
import { hasPayload } from "../../../images/builder/payload-parts.ts";
import type { CacheSpot } from "../../../images/cached-build.ts";
import { listCatalog, resolveImage } from "../../../images/catalog.ts";
import { mutantImageName } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { bashPackage } from "../../../images/payload/conformance/bash-layer.ts";
import { busyboxPackage } from "../../../images/payload/conformance/busybox-layer.ts";
import { conformanceDiskSpot } from "../../../images/payload/conformance-disk.ts";
import { containerImageSpot } from "../../../images/payload/container-image.ts";
import { goProgramSpot, payloadStore } from "../../../images/payload/go-program.ts";
import { adminImage, bootstrapImage } from "../../../images/payload/host-containers.ts";
import { nodeTestsDiskSpot } from "../../../images/payload/node-tests-disk.ts";
import { payloadPrograms } from "../../../images/payload/programs.ts";
import { repositorySpot } from "../../../images/release/base-repository.ts";
import { listReleases } from "../../../images/release/release.ts";
import { releaseFolder, releaseSpot } from "../../../images/release/release-spot.ts";
import { pluginKey } from "../../../qemu/plugin/build-plugin.ts";
import { agentKey, agentStore } from "../../agent/build-agent.ts";
import { cacheDir } from "../../core/cache-dir.ts";
import { errorCodeOf } from "../../core/errors.ts";
import { agentDiskName, agentDiskPrograms } from "../../machine/agent-disk.ts";

export interface CurrentPaths {
  /**
   * Paths below the cache of all that today's recipes would use, whether it is built or not. While today's agent is not
   * built, what contains it has no name yet. Without a Go that is new enough, whose version is part of the keys of what it builds, they are folders.
   */
  readonly paths: ReadonlySet<string>;
  /** HOST_TOOL_MISSING without Go. */
  readonly missing?: unknown;
}

export const currentPaths = async (): Promise<CurrentPaths> => {
  const compiled = getCompileCacheDir();
  const paths = [
    ...(compiled === undefined ? [] : [join("compiled", basename(compiled))]),
    join("plugin", pluginKey()),
  ];
  const containers = [
    ...[bootstrapImage, adminImage].map(containerImageSpot).map(pathOfSpot),
    ...[busyboxPackage, bashPackage]
      .map((file) => packageFileEntry(file))
      .map(({ name, key }) => join("images", name, key)),
  ];
  try {
    const key = await agentKey();
    const path = join(agentStore(), key, "agent");
    const agentPath = existsSync(path) ? path : undefined;
    const onDisk = await diskPrograms(agentPath);
    const disk = onDisk.length === 0 ? [] : [join("agent-disk", await agentDiskName(onDisk))];
    const images = await Promise.all(builtImages().map((image) => pathsOf(image, agentPath)));
    const spots = [
      ...payloadPrograms().map(goProgramSpot),
      conformanceDiskSpot(),
      nodeTestsDiskSpot(),
    ];
    const programs = (await Promise.all(spots)).map(pathOfSpot);
    return {
      paths: new Set([
        ...paths,
        join("agent", key),
        ...disk,
        ...images.flat(),
        ...programs,
        ...containers,
      ]),
    };
  } catch (missing) {
    if (errorCodeOf(missing) !== "HOST_TOOL_MISSING") throw missing;
    const images = await Promise.all(
      builtImages().map(async (image) =>
        needsGo(image) ? foldersOf(image) : await pathsOf(image, undefined),
      ),
    );
    const names = [...payloadPrograms().map(({ name }) => name), "conformance-disk"];
    const programs = names.map((name) => relative(cacheDir(), join(payloadStore(), name)));
    return {
      paths: new Set([
        ...paths,
        "agent",
        "agent-disk",
        ...images.flat(),
        ...programs,
        ...containers,
      ]),
      missing,
    };
  }
};

/** What is on today's agent disk; empty while not all of it is built. */
const diskPrograms = async (agentPath: string | undefined): Promise<readonly string[]> => {
  const spots = await Promise.all(agentDiskPrograms.map(goProgramSpot));
  const paths = spots.map(({ store, name, key }) => join(store, name, key, name));
  return agentPath === undefined || !paths.every(existsSync) ? [] : [agentPath, ...paths];
};

const pathOfSpot = ({ store, name, key }: CacheSpot): string =>
  relative(cacheDir(), join(store, name, key));

interface BuiltImage {
  readonly name: string;
  readonly recipe: string;
  readonly hasAgent: boolean;
}

const builtImages = (): readonly BuiltImage[] =>
  listCatalog().flatMap(({ name }) => {
    const { source, agent } = resolveImage(name).manifest;
    if (source.kind !== "build") return [];
    return [{ name, recipe: source.recipe, hasAgent: agent.injection[0] === "builtin" }];
  });

const needsGo = ({ name, recipe, hasAgent }: BuiltImage): boolean =>
  hasAgent ||
  hasPayload(recipeDirOf(recipe)) ||
  listMutants(name).some((mutant) => ownPrograms(mutant).length > 0);

const foldersOf = ({ name, recipe }: BuiltImage): readonly string[] =>
  [
    recipe,
    ...listMutants(name).map(mutantImageName),
    ...fetchedFor(name).map((entry) => entry.name),
    ...releaseFolders(name),
  ].map((folder) => join("images", folder));

const releaseFolders = (name: string): readonly string[] => {
  const subjects = [name, ...listMutants(name).map(mutantImageName)];
  const releases = listReleases(name);
  return releases.length === 0
    ? []
    : [
        repositorySpot({ name, key: "" }).name,
        ...subjects.flatMap((subject) =>
          releases.map((release) => releaseFolder(subject, release.name)),
        ),
      ];
};

/** Programs of packages that an image's mutants add to it. */
const fetchedFor = (name: string): readonly ImageEntry[] =>
  listMutants(name).flatMap(({ recipe: changes }) =>
    changes.flatMap((change) =>
      change.kind === "add-program" && "package" in change ? [packageFileEntry(change)] : [],
    ),
  );

/** Of the image and of its mutants, and what they are made from. */
const releasesOf = async (base: ImageEntry): Promise<readonly ImageEntry[]> => {
  const subjects = [undefined, ...listMutants(base.name)];
  const releases = listReleases(base.name);
  const spots = subjects.flatMap((mutant) =>
    releases
      .filter(({ isRefused }) => mutant === undefined || !isRefused)
      .map((release) => releaseSpot(base, release, mutant)),
  );
  return releases.length === 0 ? [] : [repositorySpot(base), ...(await Promise.all(spots))];
};

const pathsOf = async (
  { name, recipe, hasAgent }: BuiltImage,
  agentPath: string | undefined,
): Promise<readonly string[]> => {
  if (hasAgent && agentPath === undefined) return [];
  const base = await imageEntry(recipe, async () => agentPath ?? "");
  const built = await Promise.all(listMutants(name).map((mutant) => mutantEntry(mutant, base)));
  const entries = [base, ...built.filter((entry) => entry !== undefined), ...fetchedFor(name)];
  return [...entries, ...(await releasesOf(base))].map((entry) =>
    join("images", entry.name, entry.key),
  );
};
