import { expect, test } from "vitest";
import { tempDir } from "../../core/tmp.ts";
import { readRun } from "../../results/read-run.ts";
import { runCli } from "../testing/run-cli.ts";

// Left to `--level standard` and `npm run mutants`: the other drivers, and all states but 200.
test("an update of reference and its way back keep all promises, and so does each power cut", async () => {
  await using out = await tempDir();
  const select = ["run", "reference", "--suite", "upgrade-rollback"];
  const grep = ["--grep", "^upgrade-rollback/(ostree|power-cut/ostree)/"];
  const run = async (directory: string) => ({
    ...(await runCli([...select, ...grep, "--out", directory])),
    directory,
  });
  const first = await run(`${out.path}/first`);
  // A host that was too busy for a verdict gets a second try, as a mutant does.
  const { directory, exitCode, stdout } =
    first.exitCode === 3 ? await run(`${out.path}/again`) : first;
  const { checks, image } = readRun(directory).run;
  const others = checks.filter(({ state }) => state !== "pass").map(({ id, state }) => [id, state]);
  expect({ exitCode, others, written: image.sha256After }, stdout).toEqual({
    exitCode: 0,
    others: [],
    written: image.sha256Before,
  });
  const cuts = checks.filter(({ id }) => id.startsWith("upgrade-rollback/power-cut/"));
  const figuresOf = (names: readonly string[]) =>
    cuts.map(({ id, figures }) => [
      id.replace(/.*\//, ""),
      ...names.map((name) => figures?.find((figure) => figure.name === name)?.value),
    ]);
  expect(figuresOf(["bad", "booted"])).toEqual([
    ["v2", 0, 3],
    ["back", 0, 3],
    ["data-disk", 0, 0],
    ["etc", 0, 0],
  ]);
  // All of a disk that has fewer; more of a log with more windows between flushes, as one of each is judged.
  for (const [step, states = 0, legal = 0] of figuresOf(["states", "legal-states"]))
    expect(states, `states of ${step}`).toBeGreaterThanOrEqual(Math.min(200, Number(legal)));
}, 2_400_000);
