import { z } from "zod";
import { plainName } from "./ginkgo-stream.ts";
import type { SpecSeen } from "./run-critest.ts";
import type { SelectedSpec } from "./select-specs.ts";

/** What ginkgo writes with -ginkgo.json-report (github.com/onsi/ginkgo/v2/types, Report), as far as it is looked at. */
const reportSchema = z.array(
  z.object({
    SpecReports: z.array(
      z.object({
        ContainerHierarchyTexts: z.array(z.string().max(4096)).max(50).nullish(),
        LeafNodeType: z.string().max(100),
        LeafNodeText: z.string().max(4096),
        State: z.string().max(100),
      }),
    ),
  }),
);

/** States by the names of the specs, from all reports of a run; a spec that was not selected is skipped there. */
export const reportedStates = (files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> => {
  const states = new Map<string, string>();
  for (const [file, bytes] of files) {
    if (!file.endsWith(".json")) continue;
    for (const { SpecReports } of reportSchema.parse(JSON.parse(bytes.toString("utf8")))) {
      for (const { ContainerHierarchyTexts, LeafNodeType, LeafNodeText, State } of SpecReports) {
        const name = plainName([...(ContainerHierarchyTexts ?? []), LeafNodeText].join(" "));
        if (LeafNodeType === "It") states.set(name, State);
      }
    }
  }
  return states;
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
    // A critest that was given up writes no report; what a later one did not run is skipped in its report.
    const isUntold = starts > 1 && (told === "nothing" || told === "skipped");
    const isSame = state === told || (state === "absent" && told === "nothing");
    return isSame || isUntold || state === "hung"
      ? []
      : [`${name}: seen ${state}, reported ${told}`];
  });
