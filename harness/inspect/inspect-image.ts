import { openHeaders } from "../../images/header-reader.ts";
import { sha256OfFile } from "../core/sha256.ts";
import { accountFacts } from "./account-facts.ts";
import { elfFacts } from "./elf/elf-facts.ts";
import { openFiles } from "./ext4/file-contents.ts";
import { factText } from "./fact-text.ts";
import { fileFacts } from "./file-facts.ts";
import { type FoundRoot, findRoot } from "./find-root.ts";
import {
  factsVersion,
  type ImageFacts,
  type ImageFileFact,
  type KernelFact,
} from "./image-facts.ts";
import { type ImageView, viewImage } from "./image-view.ts";
import { readOsRelease } from "./os-release.ts";
import { readPackages } from "./packages/read-packages.ts";
import type { Problem } from "./problem.ts";
import { programFacts } from "./programs/program-facts.ts";
import { type ScannedFiles, scanFiles } from "./programs/scan-files.ts";
import { scriptFacts } from "./programs/script-facts.ts";
import { type ListedVolume, readPartitions } from "./read-partitions.ts";
import { serviceFacts } from "./services/service-facts.ts";

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
  const [chosen, ...otherRoots] = roots;
  const view = await openView(chosen);
  const scanned = scanFiles(view);
  const image = {
    ...inspected.image,
    virtualBytes: disk.sizeBytes,
    sha256: await sha256OfFile(inspected.image.path),
  };
  return {
    schemaVersion: factsVersion,
    image,
    partitionTable: fact,
    root: rootFact(view, chosen, otherRoots),
    kernels: [...kernelFacts(scanned), ...(await kernelsElsewhere(view, volumes, chosen))],
    moduleTrees: moduleTrees(view),
    packages: readPackages(view),
    files: fileFacts(view),
    elf: elfFacts(view, scanned.elfs),
    programs: programFacts(view, scanned.elfs),
    scripts: scriptFacts(view, scanned.scripts),
    services: serviceFacts(view, scanned),
    accounts: accountFacts(view),
    problems: [...volumes.flatMap(problemsOfVolume), ...view.problems],
  };
};

/** Without a root the view is empty, and so are the facts that need one. */
const openView = async (chosen: ChosenRoot | undefined): Promise<ImageView> => {
  if (chosen === undefined) return viewImage(emptyDirectory, new Map(), "/");
  const { listed, root, path } = chosen;
  const unopened = viewImage(root, new Map(), path);
  const wanted = unopened.files.map(({ node }) => node).filter(({ sizeBytes }) => sizeBytes > 0);
  return viewImage(root, await openFiles(listed.volume, wanted), path);
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
    return { state: "none", reason: "no ext file system has an os-release, or /etc with /usr" };
  }
  const { listed, path, deployment, others } = chosen;
  const osRelease = readOsRelease(view);
  return {
    state: "found",
    partition: listed.partition,
    path,
    ...(deployment === undefined ? {} : { deployment }),
    madeAt: isoTime(listed.volume.madeAtSeconds),
    others: [
      ...others,
      ...otherRoots.map((one) => `partition ${one.listed.partition}: ${one.path}`),
    ],
    ...(osRelease === undefined ? {} : { osRelease }),
  };
};

const isoTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

const kernelFacts = ({ kernels }: ScannedFiles, prefix = ""): readonly KernelFact[] =>
  kernels.map(({ path, node, version }) => ({
    path: `${prefix}${factText(path)}`,
    ...(version === "" ? {} : { version: factText(version) }),
    sizeBytes: node.sizeBytes,
  }));

/** A partition for /boot has the kernels that the firmware's loader takes. */
const kernelsElsewhere = async (
  view: ImageView,
  volumes: readonly ListedVolume[],
  chosen: ChosenRoot | undefined,
): Promise<readonly KernelFact[]> => {
  const found: KernelFact[] = [];
  for (const listed of volumes) {
    if (listed === chosen?.listed) continue;
    const unopened = viewImage(listed.root, new Map(), "/");
    const nodes = unopened.files.map(({ node }) => node).filter(({ sizeBytes }) => sizeBytes > 0);
    const opened = viewImage(listed.root, await openFiles(listed.volume, nodes), "/");
    found.push(...kernelFacts(scanFiles(opened), `partition ${listed.partition}: `));
    view.problems.push(...opened.problems);
  }
  return found;
};

const moduleTrees = (view: ImageView): readonly string[] => {
  const found = view.resolve("/usr/lib/modules");
  if (found.kind !== "found" || found.node.kind !== "directory") return [];
  return [...found.node.entries.keys()].map(factText).toSorted();
};

const problemsOfVolume = ({ partition, problems, volume }: ListedVolume): readonly Problem[] => [
  ...(volume.needsRecovery
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
