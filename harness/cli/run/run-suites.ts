// The only importer of vitest's Node API: suites are vitest files, so its filters, watch mode and reporters work on them.
import { join } from "node:path";
import { BaseSequencer, createVitest, type TestModule, type TestSpecification } from "vitest/node";
import { cacheDir } from "../../core/cache-dir.ts";
import { printable } from "../../core/printable.ts";
import type { RunContext } from "../../fixtures/run-context.ts";
import { suiteKindOf, suiteKinds } from "./suite-files.ts";
import { SuiteThread } from "./suite-thread.ts";

export interface SuiteOutcome {
  /** How many checks the suite files registered, and one for the boot where one of them needs it. */
  readonly planned: number;
  /** What kept a suite file from running at all: faults of the suite or of Bootwright. */
  readonly problems: readonly string[];
}

const checkout = join(import.meta.dirname, "..", "..", "..");

/**
 * Runs suite files in one worker thread without isolation, so that all of them share one boot. Checks report
 * themselves over the run's channel; what comes back here is only what no check could say.
 */
export const runSuites = async (
  files: readonly string[],
  context: RunContext,
  onPlanned: (checks: number) => void,
): Promise<SuiteOutcome> => {
  const problems: string[] = [];
  let planned = 0;
  // vitest refuses to start where it cannot keep a token for its web page, which we do not serve; HOME may be read-only.
  process.env["XDG_DATA_HOME"] = join(cacheDir(), "data");
  const vitest = await createVitest("test", {
    root: checkout,
    config: false,
    watch: false,
    include: [...files],
    pool: { name: "suites", createPoolWorker: (options) => new SuiteThread(options) },
    isolate: false,
    maxWorkers: 1,
    // All checks of a streamed trial wait at once; each is a promise and no more.
    maxConcurrency: 10_000,
    fileParallelism: false,
    passWithNoTests: true,
    teardownTimeout: 60_000,
    hookTimeout: 300_000,
    // With the default of 40 characters a failed check says how many it found, and not what.
    chaiConfig: { truncateThreshold: 1000 },
    provide: { bootwright: context },
    sequence: { sequencer: ByKind },
    alias: { bootwright: join(checkout, "harness", "index.ts") },
    reporters: [
      {
        onTestModuleCollected: (module: TestModule) => {
          const count = [...module.children.allTests()].length;
          planned += count;
          onPlanned(planned);
        },
        onTestModuleEnd: (module: TestModule) => {
          for (const error of module.errors())
            problems.push(`${module.relativeModuleId}: ${error.message}`);
        },
        onTestRunEnd: (_modules, errors) => {
          for (const error of errors) problems.push(error.message ?? String(error));
        },
        onUserConsoleLog: (log: { content: string }) => {
          process.stderr.write(`suite: ${printable(log.content.trimEnd())}\n`);
        },
      },
    ],
  });
  try {
    await vitest.start();
  } finally {
    await vitest.close();
  }
  return { planned, problems };
};

/** Files in the order of their kinds: what the shared machine is needed for comes before what ends it. */
class ByKind extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = ({ moduleId }: TestSpecification): string =>
      `${suiteKinds.indexOf(suiteKindOf(moduleId))}${moduleId}`;
    return files.toSorted((a, b) => key(a).localeCompare(key(b)));
  }
}
