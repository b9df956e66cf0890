import { factText } from "../fact-text.ts";
import type { ProgramFact } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import type { TreeEntry, TreeNode } from "../tree.ts";
import { type Recognised, recogniseName } from "./recognise.ts";
import type { ScannedElf } from "./scan-files.ts";

/** Where a name that leads nowhere still is a promise to start something. */
const programDirectory = /\/(s?bin|libexec)\/[^/]+$/;

/** Known programs by their content, and by the names of executable files and of links. */
export const programFacts = (
  view: ImageView,
  elfs: readonly ScannedElf[],
): readonly ProgramFact[] => {
  const byContent = new Map<TreeNode, readonly Recognised[]>(
    elfs.map(({ node, programs }) => [node, programs]),
  );
  return view.entries.flatMap((entry) => {
    const { path, node } = entry;
    if (node.kind !== "file" && node.kind !== "link") return [];
    const seen = isProgramName(view, entry) ? recogniseName(path) : [];
    return merged([...seen, ...(byContent.get(node) ?? [])]).map((one) => ({
      path: factText(path),
      kind: node.kind,
      program: one.program,
      category: one.category,
      evidence: one.evidence.map(({ kind, seen: what }) => ({ kind, seen: factText(what) })),
    }));
  });
};

const isProgramName = (view: ImageView, { path, node }: TreeEntry): boolean => {
  if (node.kind === "file") return (node.mode & 0o111) !== 0;
  const target = view.resolve(path);
  if (target.kind !== "found") return programDirectory.test(path);
  return target.node.kind === "file" && (target.node.mode & 0o111) !== 0;
};

const merged = (all: readonly Recognised[]): readonly Recognised[] => {
  const byProgram = new Map<string, Recognised>();
  for (const one of all) {
    const known = byProgram.get(one.program);
    byProgram.set(one.program, {
      ...one,
      evidence: [...(known?.evidence ?? []), ...one.evidence],
    });
  }
  return [...byProgram.values()];
};
