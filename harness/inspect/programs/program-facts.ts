import { factText } from "../fact-text.ts";
import type { ProgramFact } from "../image-facts.ts";
import { type ImagePart, pathIn } from "../image-part.ts";
import type { ImageView } from "../image-view.ts";
import type { TreeEntry, TreeNode } from "../tree.ts";
import { type Recognised, recogniseName } from "./recognise.ts";

/** Where a name that leads nowhere still is a promise to start something. */
const programDirectory = /\/(s?bin|libexec)\/[^/]+$/;

/**
 * Known programs by their content, and by the names of executable files and of links. Of a file's hard links the first
 * stands for its content, and the others are told when their names say something.
 */
export const programFacts = (part: ImagePart): readonly ProgramFact[] => {
  const { view, scanned } = part;
  const byContent = new Map<TreeNode, readonly Recognised[]>(
    scanned.elfs.map(({ node, programs }) => [node, programs]),
  );
  const told = new Set<TreeNode>();
  return view.entries.flatMap((entry) => {
    const { path, node } = entry;
    if (node.kind !== "file" && node.kind !== "link") return [];
    const byName = isProgramName(view, entry) ? recogniseName(path) : [];
    const isCopy = told.has(node) && byName.length === 0;
    told.add(node);
    return merged([...byName, ...(isCopy ? [] : (byContent.get(node) ?? []))]).map((one) => ({
      path: pathIn(part, path),
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
