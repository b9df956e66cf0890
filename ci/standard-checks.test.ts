// `npm run mutants` asks of every check that a quick run of the unchanged image passes that a mutant fails it. Checks that are there
// at level standard only are asked here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listMutants } from "../images/mutants.ts";

const directory = join(import.meta.dirname, "..", "suites", "kubelet", "api");

const standardChecks = (): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith("-check.ts") || name.endsWith("-checks.ts"))
    .flatMap(
      (name) => readFileSync(join(directory, name), "utf8").match(/"kubelet\/api\/[\w-]+"/g) ?? [],
    )
    .map((quoted) => quoted.slice(1, -1));

test("each check of a kubelet with a control plane has a mutant that fails it", () => {
  const checks = standardChecks();
  const failed = new Set(listMutants().flatMap(({ fails }) => fails));
  expect(checks).toContain("kubelet/api/joined");
  expect(checks).toContain("kubelet/api/drain");
  expect(checks.filter((id) => !failed.has(id))).toEqual([]);
});
