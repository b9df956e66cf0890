// Kubernetes' node tests on a disk of their own: 128 MiB, which runs of critest need not carry. Ginkgo, registry and the images
// that they pull are on the conformance disk.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { MiB } from "../../harness/core/units.ts";
import { recipeKey } from "../builder/recipe-key.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import { type ManifestOfBuilt, openBuiltDisk } from "./built-disk.ts";
import { packReadOnlyDisk } from "./conformance/read-only-disk.ts";
import { type ConformanceSpec, specsOf } from "./conformance/spec-catalogue.ts";
import { e2eNode } from "./e2e-node.ts";
import { goProgram, goProgramSpot, payloadStore } from "./go-program.ts";

export interface NodeTestsDisk {
  /** A raw ext4 file system, labelled `bwnodetests`, with `/bin/e2e_node.test`, to be attached read-only. */
  readonly diskPath: string;
  /** All specs that the program has. */
  readonly specs: readonly ConformanceSpec[];
}

const buildBytes = 512 * MiB;
const diskName = "node-tests.ext4";

/**
 * Builds the disk, or takes it from the cache: `payload/node-tests-disk/KEY/`, with `specs.json` and `manifest.json` beside it.
 * The same sources give the same bytes.
 * @param onLine gets each line that Go prints.
 * @throws {HostError} as `goProgram`; HOST_RESOURCE also when the disk in the cache is not the one that was built.
 */
export const nodeTestsDisk = async (
  onLine: (line: string) => void = () => undefined,
): Promise<NodeTestsDisk> => {
  const { dir } = await cachedBuild(await nodeTestsDiskSpot(), {
    what: "the disk with Kubernetes' node tests",
    neededBytes: buildBytes,
    build: (outDir, workDir) => buildDisk(outDir, workDir, onLine),
  });
  return openNodeTestsDisk(dir);
};

/**
 * Reads what `nodeTestsDisk` has built in a directory.
 * @throws {HostError} HOST_RESOURCE when the disk is not the one that was built.
 */
export const openNodeTestsDisk = async (dir: string): Promise<NodeTestsDisk> => {
  const { diskPath, specs } = await openBuiltDisk(dir, diskName);
  return { diskPath, specs };
};

/**
 * Where the disk is in the cache, once it is built.
 * @throws {HostError} HOST_TOOL_MISSING without Go, whose version is part of the key.
 */
export const nodeTestsDiskSpot = async (): Promise<CacheSpot> => {
  const { name, key } = await goProgramSpot(e2eNode());
  const sources = ["conformance/read-only-disk.ts", "conformance/spec-catalogue.ts"].map((path) =>
    readFileSync(join(import.meta.dirname, path), "utf8"),
  );
  const own = readFileSync(import.meta.filename, "utf8");
  return {
    store: payloadStore(),
    name: "node-tests-disk",
    key: recipeKey([], [own, ...sources, `${name} ${key}`]),
  };
};

const buildDisk = async (
  outDir: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const root = join(workDir, "root");
  mkdirSync(join(root, "bin"), { recursive: true });
  const program = join(root, "bin", e2eNode().name);
  copyFileSync(await goProgram(e2eNode(), onLine), program);
  chmodSync(program, 0o755);
  const specs = await specsOf(program, workDir);
  const diskPath = join(outDir, diskName);
  await packReadOnlyDisk(root, diskPath, { label: "bwnodetests", workDir });
  const manifest: ManifestOfBuilt = { disk: { sha256: await sha256OfFile(diskPath) } };
  writeFileSync(join(outDir, "specs.json"), json(specs));
  writeFileSync(join(outDir, "manifest.json"), json(manifest));
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
