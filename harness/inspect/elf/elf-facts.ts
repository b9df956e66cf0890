import { factText } from "../fact-text.ts";
import type { ElfFact } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import { readOwnedPaths } from "../packages/owned-paths.ts";
import type { ScannedElf } from "../programs/scan-files.ts";
import { machineName } from "./elf-machines.ts";

export const elfFacts = (view: ImageView, elfs: readonly ScannedElf[]): ElfFact => {
  const machines = new Map<string, number>();
  const programs = new Map<string, number>();
  for (const { elf } of elfs) {
    const name = machineName(elf.machine);
    machines.set(name, (machines.get(name) ?? 0) + 1);
    if (elf.kind === "program") programs.set(name, (programs.get(name) ?? 0) + 1);
  }
  const [machine] = [...programs].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const pathsOf = (which: (one: ScannedElf) => boolean): readonly string[] =>
    elfs.filter(which).map(({ path }) => factText(path));
  return {
    count: elfs.length,
    ...(machine === undefined ? {} : { machine }),
    machines: Object.fromEntries([...machines].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    foreign: elfs
      .map(({ path, elf }) => ({ path: factText(path), machine: machineName(elf.machine) }))
      .filter((one) => machine !== undefined && one.machine !== machine),
    static: pathsOf(({ elf }) => elf.isStatic),
    callShell: pathsOf(({ callsShell }) => callsShell),
    unowned: unowned(view, elfs),
  };
};

/** A file that a package brought under any of its hard links is owned. */
const unowned = (view: ImageView, elfs: readonly ScannedElf[]): ElfFact["unowned"] => {
  const owned = readOwnedPaths(view);
  if (typeof owned === "string") return { state: "unknown", reason: owned };
  const ownedNodes = new Set(
    view.entries.filter(({ path }) => owned.has(path)).map(({ node }) => node),
  );
  const paths = elfs.filter(({ node }) => !ownedNodes.has(node)).map(({ path }) => factText(path));
  return { state: "known", paths };
};
