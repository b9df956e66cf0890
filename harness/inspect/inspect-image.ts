import { openHeaders } from "../../images/header-reader.ts";
import { sha256OfFile } from "../core/sha256.ts";
import { accountFacts } from "./account-facts.ts";
import { elfFacts } from "./elf/elf-facts.ts";
import { factText } from "./fact-text.ts";
import { fileFacts } from "./file-facts.ts";
import { byPreference, type FoundRoot, findRoot } from "./find-root.ts";
import {
  factsVersion,
  type ImageFacts,
  type ImageFileFact,
  type KernelFact,
} from "./image-facts.ts";
import { type FileSystemPart, type ImagePart, pathIn } from "./image-part.ts";
import { type ImageView, viewImage } from "./image-view.ts";
import { initrdParts } from "./initrd/initrd-parts.ts";
import { readOsRelease } from "./os-release.ts";
import { readPackageDatabase } from "./packages/read-package-database.ts";
import type { Problem } from "./problem.ts";
import { programFacts } from "./programs/program-facts.ts";
import { scanFiles } from "./programs/scan-files.ts";
import { scriptFacts } from "./programs/script-facts.ts";
import { type ListedVolume, readPartitions } from "./read-partitions.ts";
import { serviceFacts } from "./services/service-facts.ts";
import type { DirectoryNode } from "./tree.ts";

export interface InspectedDisk {
  /** What the facts say of the file that was named. */
  readonly image: Omit<ImageFileFact, "virtualBytes" | "sha256">;
  /** The disk's content as a raw file: the image itself, or a copy of it. */
  readonly rawPath: string;
  /** Private, and gone after the inspection. */
  readonly workDir: string;
}

interface ChosenRoot extends FoundRoot {
  readonly listed: ListedVolume;
}

/**
 * Says what is in a disk image, without booting, mounting or changing it. What of it cannot be read is among the facts.
 * @throws {ImageError} IMAGE_UNUSABLE for a damaged partition table. {HostError} HOST_TOOL_MISSING without debugfs.
 */
export const inspectImage = async (inspected: InspectedDisk): Promise<ImageFacts> => {
  using disk = openHeaders(inspected.rawPath);
  const { fact, volumes } = await readPartitions(disk, inspected.workDir);
  const roots = volumes.flatMap((listed): readonly ChosenRoot[] => {
    const found = findRoot(listed.root);
    return found === undefined ? [] : [{ ...found, listed }];
  });
  const [chosen, ...otherRoots] = byPreference(roots);
  const withPackages = (part: ImagePart): FileSystemPart => ({
    ...part,
    packages: readPackageDatabase(part.view, inspected.workDir),
  });
  const root = withPackages(await rootPart(chosen));
  const fileSystems = [root, ...(await otherParts(volumes, chosen)).map(withPackages)];
  const initrds = initrdParts(fileSystems);
  const everywhere = [...fileSystems, ...initrds.parts];
  const { view, scanned } = root;
  const facts: Omit<ImageFacts, "problems"> = {
    schemaVersion: factsVersion,
    image: {
      ...inspected.image,
      virtualBytes: disk.sizeBytes,
      sha256: await sha256OfFile(inspected.image.path),
    },
    partitionTable: fact,
    root: rootFact(view, chosen, otherRoots),
    kernels: fileSystems.flatMap(kernelFacts),
    initrds: initrds.facts,
    moduleTrees: moduleTrees(view),
    packages: root.packages.fact,
    files: fileFacts(fileSystems),
    elf: elfFacts(fileSystems, initrds.parts),
    programs: everywhere.flatMap(programFacts),
    scripts: everywhere.flatMap(scriptFacts),
    services: serviceFacts(view, scanned),
    accounts: accountFacts(view),
  };
  // Last, for whatever reads a text may tell of one that it cannot read.
  return { ...facts, problems: [...volumes.flatMap(problemsOfVolume), ...problemsOf(everywhere)] };
};

/** Without a root the view is empty, and so are the facts that need one. */
const rootPart = async (chosen: ChosenRoot | undefined): Promise<ImagePart> =>
  chosen === undefined
    ? scannedPart("", viewImage(emptyDirectory, new Map(), "/"))
    : scannedPart("", await openView(chosen.listed, chosen.root, chosen.path));

/** A partition for /boot has the kernels that the firmware's loader takes; programs may be anywhere. */
const otherParts = async (
  volumes: readonly ListedVolume[],
  chosen: ChosenRoot | undefined,
): Promise<readonly ImagePart[]> => {
  const parts: ImagePart[] = [];
  for (const listed of volumes) {
    if (listed === chosen?.listed) continue;
    const view = await openView(listed, listed.root, "/");
    parts.push(scannedPart(`partition ${listed.partition}: `, view));
  }
  return parts;
};

const scannedPart = (prefix: string, view: ImageView): ImagePart => ({
  prefix,
  view,
  scanned: scanFiles(view),
});

const openView = async (
  listed: ListedVolume,
  root: DirectoryNode,
  path: string,
): Promise<ImageView> => {
  const unopened = viewImage(root, new Map(), path);
  const wanted = unopened.files.map(({ node }) => node).filter(({ sizeBytes }) => sizeBytes > 0);
  return viewImage(root, await listed.open(wanted), path);
};

const emptyDirectory = {
  kind: "directory",
  inode: 0,
  mode: 0,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  entries: new Map(),
} as const;

const rootFact = (
  view: ImageView,
  chosen: ChosenRoot | undefined,
  otherRoots: readonly ChosenRoot[],
): ImageFacts["root"] => {
  if (chosen === undefined) {
    const reason = "no file system that was read has an os-release, or /etc with /usr";
    return { state: "none", reason };
  }
  const { listed, path, deployment, others } = chosen;
  const osRelease = readOsRelease(view);
  return {
    state: "found",
    partition: listed.partition,
    path,
    ...(deployment === undefined ? {} : { deployment }),
    madeAt: isoTime(listed.madeAtSeconds),
    others: [
      ...others,
      ...otherRoots.map((one) => `partition ${one.listed.partition}: ${one.path}`),
    ],
    ...(osRelease === undefined ? {} : { osRelease }),
  };
};

const isoTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

const kernelFacts = (part: ImagePart): readonly KernelFact[] =>
  part.scanned.kernels.map(({ path, node, version }) => ({
    path: pathIn(part, path),
    ...(version === "" ? {} : { version: factText(version) }),
    sizeBytes: node.sizeBytes,
  }));

const moduleTrees = (view: ImageView): readonly string[] => {
  const found = view.resolve("/usr/lib/modules");
  if (found.kind !== "found" || found.node.kind !== "directory") return [];
  return [...found.node.entries.keys()].map(factText).toSorted();
};

const problemsOfVolume = ({
  partition,
  problems,
  needsRecovery,
}: ListedVolume): readonly Problem[] => [
  ...(needsRecovery
    ? [
        {
          kind: "journal-not-replayed" as const,
          where: `partition ${partition}`,
          message: "its journal has changes that are not shown here",
        },
      ]
    : []),
  ...problems,
];

const problemsOf = (parts: readonly ImagePart[]): readonly Problem[] =>
  parts.flatMap(({ view, prefix }) =>
    view.problems.map((problem) => ({ ...problem, where: `${prefix}${problem.where}` })),
  );
