import type { CellRecord, MutantsRecord } from "../results/mutants-record.ts";

interface Claim {
  readonly id: string;
  readonly title: string;
  readonly report?: string;
}

/** What one image promises, and what a run of all mutants found. */
export interface ClaimsTable {
  readonly claims: readonly Claim[];
  /** Claims that the image's profile leaves out, with the reason. */
  readonly notClaimed: readonly { readonly id: string; readonly reason: string }[];
  readonly control: MutantsRecord["controls"][number];
  readonly mutants: MutantsRecord["mutants"];
}

/**
 * A Markdown table claim → check → mutants → result. A mutant that was not killed by exactly its checks is marked, and so
 * is a claim that nothing answers.
 */
export const toClaimsTable = (table: ClaimsTable): string =>
  [
    "| claim | what it says | check | fails on | result |",
    "|---|---|---|---|---|",
    ...table.claims.flatMap((claim) => rowsOf(claim, table)),
  ].join("\n");

/** Claims that have no check, no reason in the profile and no answer by the report. */
export const unanswered = (table: ClaimsTable): readonly string[] =>
  table.claims.filter((claim) => answerOf(claim, table) === undefined).map(({ id }) => id);

const rowsOf = (claim: Claim, table: ClaimsTable): readonly string[] => {
  const head = `${claim.id} | ${claim.title}`;
  const checks = checksOf(claim, table);
  if (checks.length === 0)
    return [`| ${head} | – | – | ${answerOf(claim, table) ?? "NOT ANSWERED"} |`];
  return checks.map(
    ({ id, state }, index) =>
      `| ${index === 0 ? head : " | "} | \`${id}\` | ${killersOf(id, table)} | ${state} |`,
  );
};

const answerOf = (claim: Claim, table: ClaimsTable): string | undefined => {
  if (checksOf(claim, table).length > 0) return "checked";
  const left = table.notClaimed.find(({ id }) => id === claim.id);
  return claim.report ?? (left === undefined ? undefined : `not claimed: ${left.reason}`);
};

const checksOf = ({ id }: Claim, { control }: ClaimsTable): readonly CellRecord[] =>
  control.checks.filter(({ claim }) => claim === id).toSorted((a, b) => (a.id < b.id ? -1 : 1));

const killersOf = (checkId: string, { mutants }: ClaimsTable): string =>
  mutants
    .filter(({ fails }) => fails.includes(checkId))
    .map(
      ({ image, state }) =>
        `${image.split("+")[1] ?? image}${state === "pass" ? "" : " (NOT KILLED)"}`,
    )
    .join(", ") || "NONE";
