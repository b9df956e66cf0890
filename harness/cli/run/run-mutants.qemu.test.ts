import { afterAll, beforeAll, expect, test } from "vitest";
import { mutantImageName } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { readRun } from "../../results/read-run.ts";
import { runCli } from "../testing/run-cli.ts";

let out: TempDir;
beforeAll(async () => {
  out = await tempDir();
});
afterAll(() => out[Symbol.asyncDispose]());

// Each line of the table is a boot of its own: the whole proof that the checks can fail.
test.each(listMutants("reference").map(mutantImageName))(
  "%s fails exactly its checks",
  async (name) => {
    const { stdout } = await runCli(["mutants", "run", "--only", name, "--out", out.path]);
    expect(stdout.trimEnd().split("\n").at(-1), stdout).toBe("1 passed, 0 failed");
  },
  900_000,
);

test("reference passes every check, and its file is not written", async () => {
  const first = await runCli(["run", "reference", "--out", `${out.path}/reference`]);
  // A host that was too busy for a verdict gets a second try, as a mutant does.
  const isUndecided = first.exitCode === 3;
  const directory = `${out.path}/${isUndecided ? "reference-again" : "reference"}`;
  const { exitCode, stdout } = isUndecided
    ? await runCli(["run", "reference", "--out", directory])
    : first;
  const { run } = readRun(directory);
  const others = run.checks
    .filter(({ state }) => state !== "pass")
    .map(({ id, state }) => `${id} ${state}`);
  expect({ others, exitCode, written: run.image.sha256After }, stdout).toEqual({
    others: [],
    exitCode: 0,
    written: run.image.sha256Before,
  });
  expect(run.checks.length).toBeGreaterThanOrEqual(12);
}, 900_000);

test("a mutant's run exits with 1 and names its checks", async () => {
  const directory = `${out.path}/exit`;
  const { exitCode } = await runCli(["run", "reference+panic-in-boot", "--out", directory]);
  const { run } = readRun(directory);
  const failed = run.checks.filter(({ state }) => state === "fail").map(({ id }) => id);
  expect({ failed, exitCode, kind: run.boots.at(-1)?.failure?.kind }).toEqual({
    failed: ["boot/default"],
    exitCode: 1,
    kind: "panic",
  });
}, 900_000);
