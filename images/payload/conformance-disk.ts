// What a guest needs to be judged by other people's conformance suites, without a network: the suites, the images that they
// pull, and a registry that serves these on a loopback address.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { MiB } from "../../harness/core/units.ts";
import { packageFileEntry } from "../builder/package-file.ts";
import { recipeKey } from "../builder/recipe-key.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import { openBuiltDisk } from "./built-disk.ts";
import { bashPackage } from "./conformance/bash-layer.ts";
import { busyboxPackage } from "./conformance/busybox-layer.ts";
import {
  type ConformanceManifest,
  type ManifestOfDisk,
  manifestOf,
} from "./conformance/disk-manifest.ts";
import { hostsFiles } from "./conformance/hosts-files.ts";
import { nodePrograms, registry, testImagePrograms } from "./conformance/programs.ts";
import { packReadOnlyDisk } from "./conformance/read-only-disk.ts";
import { type ConformanceSpec, specsOf } from "./conformance/spec-catalogue.ts";
import { writeTestImages } from "./conformance/test-image-layers.ts";
import { crictl, critest, ginkgo } from "./cri-tools.ts";
import { type GoProgram, goProgram, goProgramSpot, payloadStore } from "./go-program.ts";
import { pause } from "./programs.ts";

export interface ConformanceDisk {
  /** A raw ext4 file system, labelled `bwconformance`, to be attached read-only. */
  readonly diskPath: string;
  /** What critest can judge; which of it a guest's critest knows depends on the guest (SELinux). */
  readonly specs: readonly ConformanceSpec[];
  readonly manifest: ConformanceManifest;
}

const buildBytes = 768 * MiB;
const diskName = "conformance.ext4";

/** In `/bin` of the disk. */
const programs = (): readonly GoProgram[] => [
  critest(),
  crictl(),
  ginkgo,
  registry,
  ...nodePrograms,
];

/**
 * Builds the disk, or takes it from the cache: `payload/conformance-disk/KEY/`, with `specs.json` and `manifest.json` beside it.
 * The same sources give the same bytes.
 * @param onLine gets each line that Go and mmdebstrap print.
 * @throws {HostError} as `goProgram`; HOST_RESOURCE also when the disk in the cache is not the one that was built.
 */
export const conformanceDisk = async (
  onLine: (line: string) => void = () => undefined,
): Promise<ConformanceDisk> => {
  const { dir } = await cachedBuild(await conformanceDiskSpot(), {
    what: "the conformance disk",
    neededBytes: buildBytes,
    build: (outDir, workDir) => buildDisk(outDir, workDir, onLine),
  });
  return openConformanceDisk(dir);
};

/**
 * Reads what `conformanceDisk` has built in a directory.
 * @throws {HostError} HOST_RESOURCE when the disk is not the one that was built.
 */
export const openConformanceDisk = async (dir: string): Promise<ConformanceDisk> => {
  const { diskPath, specs, manifest } = await openBuiltDisk<ManifestOfDisk>(dir, diskName);
  const { disk: _, ...ofContent } = manifest;
  return { diskPath, specs, manifest: ofContent };
};

/**
 * Where the disk is in the cache, once it is built.
 * @throws {HostError} HOST_TOOL_MISSING without Go, whose version is part of the key.
 */
export const conformanceDiskSpot = async (): Promise<CacheSpot> => {
  const parts = await Promise.all(
    [...programs(), ...testImagePrograms, pause].map((program) => goProgramSpot(program)),
  );
  const sources = [import.meta.filename, join(import.meta.dirname, "../builder/oci-layout.ts")];
  return {
    store: payloadStore(),
    name: "conformance-disk",
    key: recipeKey(
      [join(import.meta.dirname, "conformance")],
      [
        ...sources.map((path) => readFileSync(path, "utf8")),
        ...parts.map(({ name, key }) => `${name} ${key}`),
        ...[busyboxPackage, bashPackage].map((file) => packageFileEntry(file).key),
      ],
    ),
  };
};

const buildDisk = async (
  outDir: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const root = join(workDir, "root");
  mkdirSync(join(root, "bin"), { recursive: true });
  for (const program of programs()) {
    const path = join(root, "bin", program.name);
    copyFileSync(await goProgram(program, onLine), path);
    chmodSync(path, 0o755);
  }
  const images = await writeTestImages(join(root, "images"), workDir, onLine);
  for (const { path, text } of hostsFiles()) writeText(join(root, "hosts", path), text);
  const specs = await specsOf(join(root, "bin", critest().name), workDir);
  writeText(join(root, "specs.json"), json(specs));
  const manifest = await manifestOf(root, images);
  writeText(join(root, "manifest.json"), json(manifest));
  const diskPath = join(outDir, diskName);
  await packReadOnlyDisk(root, diskPath, { label: "bwconformance", workDir });
  const disk = { sizeBytes: statSync(diskPath).size, sha256: await sha256OfFile(diskPath) };
  writeText(join(outDir, "specs.json"), json(specs));
  writeText(join(outDir, "manifest.json"), json({ ...manifest, disk } satisfies ManifestOfDisk));
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const writeText = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
