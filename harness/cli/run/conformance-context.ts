import { commonSpecSkips } from "../../../images/critest-skips.ts";
import { conformanceDisk } from "../../../images/payload/conformance-disk.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import type { ConformanceContext } from "../../fixtures/run-context.ts";
import { buildOptions } from "../build-progress.ts";
import { suiteKindOf } from "./suite-files.ts";

/**
 * What `*.conformance.suite.ts` files need; undefined when none is among the files. The payload is built when it is missing.
 * @throws {HostError} as `conformanceDisk`.
 */
export const conformanceContext = async (
  files: readonly string[],
  { critest }: Profile,
): Promise<ConformanceContext | undefined> => {
  if (!files.some((file) => suiteKindOf(file) === "conformance")) return undefined;
  const { onLine } = buildOptions("the conformance payload");
  const { diskPath, specs } = await conformanceDisk(onLine);
  return { diskPath, specs, skips: [...commonSpecSkips(), ...(critest?.skips ?? [])] };
};
