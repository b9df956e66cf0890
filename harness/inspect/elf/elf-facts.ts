import { createHash } from "node:crypto";
import { MiB } from "../../core/units.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { ElfFact } from "../image-facts.ts";
import { type ImagePart, pathIn } from "../image-part.ts";
import { readOwnedPaths } from "../packages/owned-paths.ts";
import type { ScannedElf } from "../programs/scan-files.ts";
import type { TreeNode } from "../tree.ts";
import { machineName } from "./elf-machines.ts";

/** @param fileSystems the root first. @param initrds what is in them was copied there, so that no package owns it. */
export const elfFacts = (
  fileSystems: readonly ImagePart[],
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
const ownership = (fileSystems: readonly ImagePart[]): Pick<ElfFact, "unowned" | "altered"> => {
  const unowned: string[] = [];
  const altered: string[] = [];
  for (const [index, part] of fileSystems.entries()) {
    const owned = readOwnedPaths(part.view);
    if (typeof owned === "string" && index === 0)
      return { unowned: { state: "unknown", reason: owned } };
    const { paths, changed } = ownedIn(part, typeof owned === "string" ? new Map() : owned);
    unowned.push(...paths);
    altered.push(...changed);
  }
  return { unowned: { state: "known", paths: unowned }, altered };
};

/** A file that a package brought under any of its hard links is owned. */
const ownedIn = (
  part: ImagePart,
  owned: ReadonlyMap<string, string | undefined>,
): { readonly paths: readonly string[]; readonly changed: readonly string[] } => {
  const digests = new Map<TreeNode, string | undefined>();
  for (const { path, node } of part.view.entries) {
    if (owned.has(path)) digests.set(node, digests.get(node) ?? owned.get(path));
  }
  const { elfs } = part.scanned;
  const isChanged = ({ node }: ScannedElf): boolean => {
    const digest = digests.get(node);
    const bytes = part.view.bytesOf(node);
    return digest !== undefined && bytes !== undefined && md5Of(bytes) !== digest;
  };
  return {
    paths: elfs.filter(({ node }) => !digests.has(node)).map(({ path }) => pathIn(part, path)),
    changed: elfs.filter(isChanged).map(({ path }) => pathIn(part, path)),
  };
};

/** What packages state is MD5: it tells a file that was replaced, not one that was forged with much effort. */
const md5Of = (bytes: FileBytes): string => {
  const hash = createHash("md5");
  for (let done = 0; done < bytes.sizeBytes; ) {
    const piece = bytes.read(done, MiB);
    if (piece.length === 0) break;
    hash.update(piece);
    done += piece.length;
  }
  return hash.digest("hex");
};
