import { z } from "zod";
import { fail } from "../../harness/index.ts";
import { plainName } from "./ginkgo-stream.ts";
import type { SpecSeen } from "./run-specs.ts";
import type { SelectedSpec } from "./selected-spec.ts";

/** What ginkgo writes with -ginkgo.json-report (github.com/onsi/ginkgo/v2/types, Report), as far as it is looked at. */
const reportSchema = z
  .array(
    z.object({
      SpecReports: z
        .array(
          z.object({
            ContainerHierarchyTexts: z.array(z.string().max(4096)).max(50).nullish(),
            LeafNodeType: z.string().max(100),
            LeafNodeText: z.string().max(4096),
            State: z.string().max(100),
          }),
        )
        .max(2000),
    }),
  )
  .max(10);

/** Of a program's reports, without what says their form: of each start one. */
export const reportName = (program: string, number: number): string =>
  number === 1 ? program : `${program}-${number}`;

/** The files that so many starts write. */
export const reportNames = (program: string, starts: number): readonly string[] =>
  Array.from({ length: starts }, (_, index) => reportName(program, index + 1)).flatMap((name) => [
    `${name}.json`,
    `${name}.xml`,
  ]);

/**
 * States by the names of the specs, from all reports of a run; a spec that was not selected is skipped there. The check ends
 * here where a report is none: the guest has written it.
 */
export const reportedStates = (files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> => {
  const states = new Map<string, string>();
  for (const [file, bytes] of files) {
    if (!file.endsWith(".json")) continue;
    for (const { SpecReports } of reportOf(file, bytes)) {
      for (const { ContainerHierarchyTexts, LeafNodeType, LeafNodeText, State } of SpecReports) {
        const name = plainName([...(ContainerHierarchyTexts ?? []), LeafNodeText].join(" "));
        // In the report of each start the specs of all others are skipped.
        const isNews = State !== "skipped" || !states.has(name);
        if (LeafNodeType === "It" && isNews) states.set(name, State);
      }
    }
  }
  return states;
};

const reportOf = (file: string, bytes: Buffer): z.infer<typeof reportSchema> => {
  const { data, error } = reportSchema.safeParse(parsed(bytes));
  return data ?? fail(`${file}, which the guest wrote, is no report: ${error.issues[0]?.message}`);
};

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
};

/** Where the report says something else than what was seen, a sentence each. */
export const differences = (
  specs: readonly SelectedSpec[],
  {
    seen,
    reported,
    run: { starts },
  }: {
    readonly seen: ReadonlyMap<string, Pick<SpecSeen, "state">>;
    readonly reported: ReadonlyMap<string, string>;
    readonly run: { readonly starts: number };
  },
): readonly string[] =>
  specs.flatMap(({ id, name }) => {
    const state = seen.get(id)?.state ?? "nothing";
    const told = reported.get(plainName(name)) ?? "nothing";
    // A program that was given up writes no report; in a later one's what it did not run is skipped.
    const isUntold = starts > 1 && state !== "absent" && (told === "nothing" || told === "skipped");
    const isSame = state === told || (state === "absent" && told === "nothing");
    const isElsewhere = state === "hung" || state === "unrun" || state === "lost";
    return isSame || isUntold || isElsewhere ? [] : [`${name}: seen ${state}, reported ${told}`];
  });
