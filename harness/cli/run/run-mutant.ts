import { join } from "node:path";
import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { leftOut } from "../../fixtures/outcome.ts";
import type { CheckRecord } from "../../results/check-record.ts";
import type { CellRecord, ControlRecord, MutantRecord } from "../../results/mutants-record.ts";
import type { RunRecord } from "../../results/run-record.ts";
import { judgeMutant } from "../../verdict/judge-mutant.ts";
import { type RunOptions, runImage } from "./run-image.ts";

interface Where {
  /** Run directories are made here, named after the image. */
  readonly out: string;
  /** `full` runs every suite of the image on the mutant, else those that its table names. */
  readonly level: RunOptions["level"];
}

/** Runs the mutant and compares what failed with its table. A host that was too busy for a verdict gets a second try. */
export const runMutant = async (mutant: Mutant, { out, level }: Where): Promise<MutantRecord> => {
  const image = mutantImageName(mutant);
  const { title, fails, skips } = mutant;
  const only =
    level === "full"
      ? { suite: [] }
      : { suite: suitesOfMutant(mutant), trialsOf: [...fails, ...skips] };
  const { run, attempts } = await runTwiceIf(
    { image, ...only, boot: mutant.boots, level: mutant.runLevel, out },
    (tried) => judgeMutant(mutant, triedChecks(tried)).state === "inconclusive",
  );
  const judged = judgeMutant(mutant, triedChecks(run));
  const word = judged.state === "pass" ? "killed" : judged.state;
  process.stdout.write(`${word}  ${image}: ${judged.reason}\n\n`);
  const { accel } = run.host;
  return { image, title, ...judged, accel, attempts, fails, skips, checks: cellsOf(run) };
};

/** Runs the unchanged image with every suite of its manifest. */
export const runControl = async (image: string, { out }: Where): Promise<ControlRecord> => {
  const { run, attempts } = await runTwiceIf(
    { image, suite: [], boot: true, level: "quick", out },
    ({ verdict }) => verdict === "inconclusive",
  );
  const { verdict, profile } = run;
  const sha256 = run.image.sha256Before;
  const { accel } = run.host;
  return { image, profile, sha256, accel, verdict, attempts, checks: cellsOf(run) };
};

const runTwiceIf = async (
  {
    out,
    ...what
  }: Pick<RunOptions, "image" | "suite" | "boot" | "level" | "trialsOf"> & { out: string },
  isUndecided: (run: RunRecord) => boolean,
): Promise<{ run: RunRecord; attempts: number }> => {
  const how = { ...what, accel: "auto", transport: "port" } as const;
  const first = await runImage({ ...how, out: join(out, what.image) });
  if (!isUndecided(first)) return { run: first, attempts: 1 };
  return { run: await runImage({ ...how, out: join(out, `${what.image}-again`) }), attempts: 2 };
};

/** Without those of trials that do not concern the mutant. */
const triedChecks = ({ checks }: RunRecord): readonly CheckRecord[] =>
  checks.filter(({ state, reason }) => state !== "skip" || reason !== leftOut);

const cellsOf = (run: RunRecord): readonly CellRecord[] =>
  triedChecks(run).map(({ id, claim, state }) => ({
    ...{ id, state },
    ...(claim === undefined ? {} : { claim }),
  }));
