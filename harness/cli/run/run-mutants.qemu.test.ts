import { afterAll, beforeAll, expect, test } from "vitest";
import { mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { loadProfile } from "../../../images/profile/profiles.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { readMutants } from "../../results/mutants-record.ts";
import { readRun } from "../../results/read-run.ts";
import { withoutMutant } from "../../verdict/without-mutant.ts";
import { runCli } from "../testing/run-cli.ts";

let out: TempDir;
beforeAll(async () => {
  out = await tempDir();
});
afterAll(() => out[Symbol.asyncDispose]());

// Few boots for all suites; `npm run mutants` has the whole proof that the checks can fail.
const quick = listMutants("reference").filter(({ isQuick }) => isQuick);
test.each(quick.map((mutant) => [mutantImageName(mutant), mutant] as const))(
  "%s fails exactly its checks",
  async (name, { fails }) => {
    const directory = `${out.path}/${name}`;
    const { stdout } = await runCli(["mutants", "run", "--only", name, "--out", directory]);
    expect(stdout.trimEnd().split("\n").at(-1), stdout).toBe("1 passed, 0 failed");
    const { mutants } = readMutants(`${directory}/mutants.json`);
    const failed = mutants.map(({ checks }) =>
      checks.filter(({ state }) => state === "fail").map(({ id }) => id),
    );
    expect(failed.map((ids) => ids.toSorted())).toEqual([fails.toSorted()]);
  },
  900_000,
);

test("every suite of reference has a mutant in the quick subset", () => {
  const { suites } = loadProfile("reference");
  expect([...new Set(quick.flatMap(suitesOfMutant))].toSorted()).toEqual(suites.toSorted());
});

// Left to `npm run mutants`: boots of a minute and more, and the first boot with user data, all of whose checks
// reference+open-containers judges above, where most of them must pass.
const allButLongTrials = "^(?!data-disk/absent$|bootstrap-container/(?!essential-failure$))";

test("reference passes its checks, its file is not written, and none lacks a mutant", async () => {
  const select = ["run", "reference", "--grep", allButLongTrials, "--out"];
  const first = await runCli([...select, `${out.path}/reference`]);
  // A host that was too busy for a verdict gets a second try, as a mutant does.
  const isUndecided = first.exitCode === 3;
  const directory = `${out.path}/${isUndecided ? "reference-again" : "reference"}`;
  const { exitCode, stdout } = isUndecided ? await runCli([...select, directory]) : first;
  const { run } = readRun(directory);
  const others = run.checks
    .filter(({ state }) => state !== "pass")
    .map(({ id, state }) => `${id} ${state}`);
  expect({ others, exitCode, written: run.image.sha256After }, stdout).toEqual({
    // It is booted without Secure Boot here; a mutant above is booted with it.
    others: ["enforced", "lockdown", "measured", "tpm"].map(
      (name) => `secure-boot/${name} unsupported`,
    ),
    exitCode: 0,
    written: run.image.sha256Before,
  });
  expect(withoutMutant(run, listMutants("reference"))).toEqual([]);
  expect(run.checks.length).toBeGreaterThanOrEqual(12);
}, 3_000_000);

test("a panic ends a mutant's boot, and its run says so", () => {
  // Its mutant is one of the quick ones.
  const name = "reference+panic-in-boot";
  const { run } = readRun(`${out.path}/${name}/${name}`);
  expect([run.verdict, run.boots.at(-1)?.failure?.kind]).toEqual(["fail", "panic"]);
});
