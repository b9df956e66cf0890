import { openHeaders } from "../../images/header-reader.ts";
import { byPreference, findRoot } from "./find-root.ts";
import { viewImage } from "./image-view.ts";
import { readOsRelease } from "./os-release.ts";
import { overlayUppers } from "./overlay-uppers.ts";
import { readPartitions } from "./read-partitions.ts";
import { resolvePath } from "./resolve-path.ts";
import type { DirectoryNode } from "./tree.ts";
import { unseenPartitions } from "./unseen-parts.ts";

/** What decides how a system is booted and judged, read from its disk in about a second. */
export interface SystemIdentity {
  /** Where the root was found, 1-based; 0: its file system fills the disk. */
  readonly partition: number;
  /** Whether the root is an OSTree deployment. */
  readonly isDeployment: boolean;
  /** Empty when there is none. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** Absent when it was not found out. */
  readonly systemdVersion?: number;
  /** Whether anything stands at a path of the system, through links that stay inside of it. */
  readonly has: (path: string) => boolean;
}

interface IdentifiedPartition {
  /** 1-based; 0: a file system that fills the disk. */
  readonly index: number;
  /** Its GPT name, "" where it has none. */
  readonly label: string;
  /** Its directories that look like the upper one of an overlay. */
  readonly overlayUppers: readonly string[];
}

/** The operating systems on a disk. */
export interface IdentifiedDisk {
  /** OSTree deployments first, else as they lie on the disk. */
  readonly systems: readonly SystemIdentity[];
  readonly partitions: readonly IdentifiedPartition[];
  /** File systems that could not be listed, a sentence each: a root may be in one of them. */
  readonly unread: readonly string[];
}

/**
 * Finds the operating systems on a raw disk that are in file systems which can be listed.
 * @throws {ImageError} IMAGE_UNUSABLE for a damaged partition table. {HostError} HOST_TOOL_MISSING without debugfs.
 */
export const identifySystems = async (
  rawPath: string,
  workDir: string,
): Promise<IdentifiedDisk> => {
  using disk = openHeaders(rawPath);
  const { fact, volumes } = await readPartitions(disk, workDir);
  const roots = volumes.flatMap((volume) => {
    const found = findRoot(volume.root);
    return found === undefined ? [] : [{ ...found, volume }];
  });
  const systems: SystemIdentity[] = [];
  for (const { root, path, deployment, volume } of byPreference(roots)) {
    const contents = await volume.open(osReleaseFiles(root));
    const systemdVersion = systemdVersionOf(root);
    systems.push({
      partition: volume.partition,
      isDeployment: deployment !== undefined,
      osRelease: boundedFields(readOsRelease(viewImage(root, contents, path))?.fields ?? {}),
      ...(systemdVersion === undefined ? {} : { systemdVersion }),
      has: (wanted) => resolvePath(root, wanted).kind === "found",
    });
  }
  const partitions = fact.partitions.map(({ index, label }) => {
    const volume = volumes.find((one) => one.partition === index);
    return {
      index,
      label,
      overlayUppers: volume === undefined ? [] : overlayUppers(volume.root),
    };
  });
  return { systems, partitions, unread: unseenPartitions(fact) };
};

const osReleaseFiles = (
  root: DirectoryNode,
): readonly { readonly inode: number; readonly sizeBytes: number }[] =>
  ["/etc/os-release", "/usr/lib/os-release"].flatMap((path) => {
    const found = resolvePath(root, path);
    return found.kind === "found" && found.node.kind === "file" && found.node.sizeBytes > 0
      ? [found.node]
      : [];
  });

const maxFields = 64;
const maxValueLength = 500;

const boundedFields = (
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([key]) => key.length <= 100)
      .slice(0, maxFields)
      .map(([key, value]) => [key, value.slice(0, maxValueLength)]),
  );

/** systemd's own library has the version in its name since 231: libsystemd-shared-239.so, …-257.13-1.so. */
const systemdVersionOf = (root: DirectoryNode): number | undefined => {
  for (const lib of ["/usr/lib", "/lib"]) {
    const found = resolvePath(root, lib);
    if (found.kind !== "found" || found.node.kind !== "directory") continue;
    const names = [...found.node.entries].flatMap(([name, node]) => {
      if (node.kind !== "directory") return [];
      const systemd = name === "systemd" ? node : node.entries.get("systemd");
      return systemd?.kind === "directory" ? [...systemd.entries.keys()] : [];
    });
    const versions = names.flatMap((name) => {
      const [, version] = /^libsystemd-shared-(\d{3})(?!\d).*\.so$/.exec(name) ?? [];
      return version === undefined ? [] : [Number(version)];
    });
    if (versions.length > 0) return Math.max(...versions);
  }
  return undefined;
};
