import { createHash } from "node:crypto";
import { MiB } from "../../core/units.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { ElfFact } from "../image-facts.ts";
import { type FileSystemPart, type ImagePart, pathIn } from "../image-part.ts";
import type { PackageDigest } from "../packages/package-database.ts";
import type { ScannedElf } from "../programs/scan-files.ts";
import type { TreeNode } from "../tree.ts";
import { machineName } from "./elf-machines.ts";

/** @param fileSystems the root first. @param initrds what is in them was copied there, so that no package owns it. */
export const elfFacts = (
  fileSystems: readonly FileSystemPart[],
  initrds: readonly ImagePart[],
): ElfFact => {
  const elfs = fileSystems.flatMap(({ scanned }) => scanned.elfs);
  const machines = countsOf(elfs);
  const programs = countsOf(elfs.filter(({ elf }) => elf.kind === "program"));
  const [machine] = [...programs].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const pathsOf = (which: (one: ScannedElf) => boolean): readonly string[] =>
    fileSystems.flatMap((part) =>
      part.scanned.elfs.filter(which).map(({ path }) => pathIn(part, path)),
    );
  return {
    count: elfs.length,
    ...(machine === undefined ? {} : { machine }),
    machines: Object.fromEntries([...machines].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    foreign: [...fileSystems, ...initrds]
      .flatMap((part) =>
        part.scanned.elfs.map(({ path, elf }) => ({
          path: pathIn(part, path),
          machine: machineName(elf.machine),
        })),
      )
      .filter((one) => machine !== undefined && one.machine !== machine),
    static: pathsOf(({ elf }) => elf.isStatic),
    callShell: pathsOf(({ callsShell }) => callsShell),
    ...ownership(fileSystems),
  };
};

const countsOf = (elfs: readonly ScannedElf[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { elf } of elfs) {
    const name = machineName(elf.machine);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
};

/** Of a file system without a package database nothing is owned; without one in the root nothing is known. */
const ownership = (
  fileSystems: readonly FileSystemPart[],
): Pick<ElfFact, "unowned" | "altered" | "unverified"> => {
  const [root] = fileSystems;
  const reason = root?.packages.owned;
  if (typeof reason === "string") return { unowned: { state: "unknown", reason } };
  const owners = fileSystems.map(ownersIn);
  return {
    unowned: { state: "known", paths: owners.flatMap(({ unowned }) => unowned) },
    altered: owners.flatMap(({ altered }) => altered),
    unverified: owners.flatMap(({ unverified }) => unverified),
  };
};

interface Owners {
  readonly unowned: readonly string[];
  readonly altered: readonly string[];
  readonly unverified: readonly string[];
}

/** A file that a package brought under any of its hard links is owned. */
const ownersIn = (part: FileSystemPart): Owners => {
  const { owned } = part.packages;
  const digests = new Map<TreeNode, PackageDigest | undefined>();
  for (const { path, node } of typeof owned === "string" ? [] : part.view.entries) {
    if (typeof owned !== "string" && owned.has(path))
      digests.set(node, digests.get(node) ?? owned.get(path));
  }
  const pathsOf = (which: (one: ScannedElf) => boolean): readonly string[] =>
    part.scanned.elfs.filter(which).map(({ path }) => pathIn(part, path));
  const isAltered = ({ node }: ScannedElf): boolean => {
    const digest = digests.get(node);
    const bytes = part.view.bytesOf(node);
    return digest !== undefined && bytes !== undefined && !hasDigest(bytes, digest);
  };
  return {
    unowned: pathsOf(({ node }) => !digests.has(node)),
    altered: pathsOf(isAltered),
    unverified: pathsOf(({ node }) => digests.has(node) && digests.get(node) === undefined),
  };
};

/** dpkg's are MD5: they tell a file that was replaced, not one that was forged with much effort. */
const hasDigest = (bytes: FileBytes, { algorithm, hex }: PackageDigest): boolean => {
  const hash = createHash(algorithm);
  for (let done = 0; done < bytes.sizeBytes; ) {
    const piece = bytes.read(done, MiB);
    if (piece.length === 0) break;
    hash.update(piece);
    done += piece.length;
  }
  return hash.digest("hex") === hex;
};
