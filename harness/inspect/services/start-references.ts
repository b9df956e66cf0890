// Claim C29: what would be started through a shell or a script, and what names a program that is not there.
import { basename } from "node:path/posix";
import { factText } from "../fact-text.ts";
import type { StartReference } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import { findProgram } from "../programs/find-program.ts";
import { recogniseName } from "../programs/recognise.ts";
import type { ScannedFiles } from "../programs/scan-files.ts";
import type { TreeNode } from "../tree.ts";
import { configuredStarts } from "./configured-starts.ts";
import type { NamedStart } from "./named-start.ts";
import { commandWords, parseSettings } from "./unit-file.ts";
import type { UnitTree } from "./unit-tree.ts";

export const startReferences = (
  view: ImageView,
  tree: UnitTree,
  scanned: ScannedFiles,
): readonly StartReference[] => {
  const kinds = kindsOfNodes(scanned);
  return [...unitStarts(view, tree), ...configuredStarts(view)].flatMap((start) =>
    referencesOf(view, start, kinds),
  );
};

const execKey = /^Exec(?:Condition|Start|StartPre|StartPost|Reload|ReloadPost|Stop|StopPost)$/;

/** Exec lines, without the marks before the program: systemd.service(5). */
const unitStarts = (view: ImageView, { texts }: UnitTree): readonly NamedStart[] =>
  texts.flatMap(({ path }) =>
    parseSettings(view.textOf(path) ?? "")
      .filter(({ key, value }) => execKey.test(key) && value !== "")
      .map(({ key, value, line }) => {
        const [marks = ""] = /^[-@:+!|]*/.exec(value) ?? [];
        const start = { file: path, line, key, command: value.slice(marks.length) };
        // Since systemd 258 a | hands the line to a shell.
        return marks.includes("|") ? { ...start, isShellCommand: true } : start;
      }),
  );

type NodeKind = "shell" | "language" | "script";

const kindsOfNodes = ({ scripts, elfs }: ScannedFiles): ReadonlyMap<TreeNode, NodeKind> => {
  const kinds = new Map<TreeNode, NodeKind>(scripts.map(({ node }) => [node, "script"]));
  for (const { node, programs } of elfs) {
    for (const { category } of programs) {
      if (category === "shell" || category === "language") kinds.set(node, category);
    }
  }
  return kinds;
};

const referencesOf = (
  view: ImageView,
  start: NamedStart,
  kinds: ReadonlyMap<TreeNode, NodeKind>,
): readonly StartReference[] => {
  const words = start.isShellCommand === true ? ["/bin/sh"] : commandWords(start.command);
  // env runs its argument; what else is behind a program can only be an interpreter, by its path.
  const programs = basename(words[0] ?? "") === "env" ? 2 : 1;
  return words.flatMap((word, index) => {
    // Not known before it runs: systemd's specifiers, udev's substitutions, variables.
    if (/[%$]/.test(word)) return [];
    const seen =
      index < programs ? startedProgram(view, word, start, kinds) : mentioned(view, word, kinds);
    if (seen === undefined) return [];
    return [
      {
        file: factText(start.file),
        line: start.line,
        key: start.key,
        command: factText(start.command),
        program: factText(word),
        ...seen,
      },
    ];
  });
};

type Seen = Pick<StartReference, "kind" | "isPresent">;

const startedProgram = (
  view: ImageView,
  word: string,
  { places }: NamedStart,
  kinds: ReadonlyMap<TreeNode, NodeKind>,
): Seen | undefined => {
  const found = findProgram(view, word, places);
  if (found.kind !== "found") {
    return { kind: interpreterByName(word) ?? "program", isPresent: false };
  }
  const kind = interpreterByName(word) ?? kinds.get(found.node);
  return kind === undefined ? undefined : { kind, isPresent: true };
};

const mentioned = (
  view: ImageView,
  word: string,
  kinds: ReadonlyMap<TreeNode, NodeKind>,
): Seen | undefined => {
  if (!word.startsWith("/")) return undefined;
  const found = view.resolve(word);
  const isPresent = found.kind === "found";
  const kind = interpreterByName(word) ?? (isPresent ? kinds.get(found.node) : undefined);
  return kind === undefined ? undefined : { kind, isPresent };
};

const interpreterByName = (word: string): "shell" | "language" | undefined => {
  for (const { category } of recogniseName(word)) {
    if (category === "shell" || category === "language") return category;
  }
  return undefined;
};
