import { runGo } from "../../harness/core/run-go.ts";

export interface GoSettings {
  /** As in "go1.26.8", followed by experiments that are switched on or off. */
  readonly version: string;
  /** Where Go keeps what it compiled and what it fetched. */
  readonly cacheDirs: readonly string[];
}

/** What Go would build with in this module. */
export const goSettings = async (directory: string, name: string): Promise<GoSettings> => {
  const names = ["GOCACHE", "GOMODCACHE", "GOVERSION", "GOEXPERIMENT"];
  const stdout = await runGo(["env", ...names], { directory, name });
  const [cache = "", modules = "", ...version] = stdout.trim().split("\n");
  return { version: version.join(" "), cacheDirs: [cache, modules] };
};
