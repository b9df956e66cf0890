import type { CellRecord, MutantsRecord } from "../results/mutants-record.ts";
import type { State } from "../verdict/state.ts";
import { visibleText } from "./visible-text.ts";

type Columns = MutantsRecord["mutants"];

const marks: Readonly<Record<State, string>> = {
  pass: ".",
  fail: "X",
  skip: "s",
  unsupported: "u",
  inconclusive: "?",
  error: "E",
};

/** The table check × mutant for a terminal: one line a check, one numbered column a mutant, and what the numbers mean. */
export const toMutantTable = ({ controls, mutants, withoutMutant }: MutantsRecord): string => {
  const ids = [...new Set([...controls, ...mutants].flatMap(idsOf))].toSorted();
  const width = Math.max(...ids.map((id) => id.length), 0);
  const lacking = new Set(withoutMutant);
  const rows = ids.map((id) => {
    const cells = mutants.map((mutant) => cellOf(mutant, id)).join("  ");
    const control = controls.map(({ checks }) => markOf(checks, id)).join("  ");
    const lack = lacking.has(id) ? "   no mutant fails it" : "";
    return `${id.padEnd(width)}  ${[control, cells].filter((text) => text !== "").join("  ")}${lack}`;
  });
  return [
    ...headOf(width, controls.length, mutants.length),
    ...rows.map((row) => visibleText(row).trimEnd()),
    "",
    ...mutants.map(legendOf),
    ...controls.map(
      ({ image, verdict, checks }, index) =>
        `${"=".repeat(index + 1).padStart(3)}  ${visibleText(image)} unchanged: ${verdict}, ${checks.length} checks`,
    ),
    "",
    "X fail   . pass   s skip   u unsupported   ? inconclusive   E error   ! not as declared",
  ].join("\n");
};

const headOf = (width: number, controls: number, mutants: number): readonly string[] => {
  const numbers = Array.from({ length: mutants }, (_, index) => String(index + 1));
  const heads = [
    ...Array.from({ length: controls }, (_, index) => "=".repeat(index + 1)),
    ...numbers,
  ];
  return [
    `${"".padEnd(width)}  ${heads.map((head) => head.slice(0, 2).padEnd(2)).join(" ")}`.trimEnd(),
  ];
};

const idsOf = ({ checks }: { readonly checks: readonly CellRecord[] }): readonly string[] =>
  checks.map(({ id }) => id);

/** `!` stands beside a failure that the mutant's table does not have, and where a declared one is missing. */
const cellOf = (mutant: Columns[number], id: string): string => {
  const mark = markOf(mutant.checks, id);
  const isDeclared = mutant.fails.includes(id);
  const isFail = mark === marks.fail;
  return isDeclared === isFail ? mark : `${mark}!`.slice(-2);
};

const markOf = (checks: readonly CellRecord[], id: string): string => {
  const found = checks.find((check) => check.id === id);
  return found === undefined ? " " : marks[found.state];
};

const legendOf = ({ image, title, state, attempts }: Columns[number], index: number): string => {
  const word = state === "pass" ? "killed" : state;
  const tries = attempts > 1 ? `, try ${attempts}` : "";
  return `${String(index + 1).padStart(3)}  ${visibleText(`${image}: ${title}`)} (${word}${tries})`;
};
