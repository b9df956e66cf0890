import { basename } from "node:path";
import { commonSpecSkips } from "../../../images/critest-skips.ts";
import { nodeE2eSelection } from "../../../images/node-e2e.ts";
import { conformanceDisk } from "../../../images/payload/conformance-disk.ts";
import { nodeTestsDisk } from "../../../images/payload/node-tests-disk.ts";
import type { SpecSkip } from "../../../images/profile/critest.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import type { ConformanceContext, NodeTests, RunContext } from "../../fixtures/run-context.ts";
import { buildOptions } from "../build-progress.ts";
import { suiteKindOf } from "./suite-files.ts";

/** The file that needs Kubernetes' node tests, and at level quick nothing. */
const nodeTestsFile = "node-e2e.conformance.suite.ts";

/**
 * What `*.conformance.suite.ts` files need; undefined when none is among the files, or none needs anything at this level. The
 * payload is built when it is missing.
 * @throws {HostError} as `conformanceDisk` and `nodeTestsDisk`.
 */
export const conformanceContext = async (
  files: readonly string[],
  {
    level,
    profile: { critest, nodeE2e },
  }: { readonly level: RunContext["level"]; readonly profile: Profile },
): Promise<ConformanceContext | undefined> => {
  const wanted = files
    .filter((file) => suiteKindOf(file) === "conformance")
    .filter((file) => level !== "quick" || basename(file) !== nodeTestsFile);
  if (wanted.length === 0) return undefined;
  const { onLine } = buildOptions("the conformance payload");
  const { diskPath, specs } = await conformanceDisk(onLine);
  const nodeTests = wanted.some((file) => basename(file) === nodeTestsFile)
    ? { nodeTests: await nodeTestsContext(nodeE2e?.skips ?? [], onLine) }
    : {};
  const skips = [...commonSpecSkips(), ...(critest?.skips ?? [])];
  return { diskPath, specs, skips, ...nodeTests };
};

const nodeTestsContext = async (
  ownSkips: readonly SpecSkip[],
  onLine: (line: string) => void,
): Promise<NodeTests> => {
  const { diskPath, specs } = await nodeTestsDisk(onLine);
  const selection = nodeE2eSelection();
  return { diskPath, specs, selection: { ...selection, skips: [...selection.skips, ...ownSkips] } };
};
