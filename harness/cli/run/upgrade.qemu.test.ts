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
  const figureOf = (name: string) =>
    cuts.map(({ figures }) => figures?.find((figure) => figure.name === name)?.value);
  expect([figureOf("states"), figureOf("bad"), figureOf("booted")]).toEqual([
    [200, 200],
    [0, 0],
    [3, 3],
  ]);
}, 2_400_000);
