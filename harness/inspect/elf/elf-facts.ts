import type { ElfFact } from "../image-facts.ts";
import { type ImagePart, pathIn } from "../image-part.ts";
import { readOwnedPaths } from "../packages/owned-paths.ts";
import type { ScannedElf } from "../programs/scan-files.ts";
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
    unowned: unowned(fileSystems),
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
const unowned = (fileSystems: readonly ImagePart[]): ElfFact["unowned"] => {
  const paths: string[] = [];
  for (const [index, part] of fileSystems.entries()) {
    const owned = readOwnedPaths(part.view);
    if (typeof owned === "string" && index === 0) return { state: "unknown", reason: owned };
    paths.push(...unownedIn(part, typeof owned === "string" ? new Set() : owned));
  }
  return { state: "known", paths };
};

/** A file that a package brought under any of its hard links is owned. */
const unownedIn = (part: ImagePart, owned: ReadonlySet<string>): readonly string[] => {
  const ownedNodes = new Set(
    part.view.entries.filter(({ path }) => owned.has(path)).map(({ node }) => node),
  );
  return part.scanned.elfs
    .filter(({ node }) => !ownedNodes.has(node))
    .map(({ path }) => pathIn(part, path));
};
