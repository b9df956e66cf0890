import { expect, test } from "vitest";
import { neededFor } from "./needed-releases.ts";

const all = ["foreign", "too-large", "v2", "v2-panics", "v3"];
const needed = (file: string, trialsOf?: readonly string[]): readonly string[] =>
  neededFor(`/suites/upgrade-rollback/${file}.upgrade.suite.ts`, all, trialsOf);

test("a suite file gets the releases that it names, and another one all", () => {
  expect([needed("cycle"), needed("downgrade"), needed("refused"), needed("automatic")]).toEqual([
    ["v2"],
    ["v2", "v3"],
    ["v2", "foreign", "too-large"],
    all,
  ]);
  expect(needed("one-more", ["upgrade-rollback/ostree/version"])).toEqual(all);
});

test("nothing is needed by a suite file of which no check is asked for", () => {
  const of = (...ids: readonly string[]): readonly string[] =>
    ["automatic", "cycle", "downgrade", "power-cut", "refused"].filter(
      (file) =>
        needed(
          file,
          ids.map((id) => `upgrade-rollback/${id}`),
        ).length > 0,
    );
  expect(of("ostree/version", "ostree/*")).toEqual(["cycle"]);
  expect(of("downgrade/ab/*")).toEqual(["downgrade"]);
  expect(of("refused/ostree/older")).toEqual(["downgrade"]);
  expect(of("refused/ostree/corrupted")).toEqual(["refused"]);
  expect(of("power-cut/ab/v2", "automatic/panic")).toEqual(["automatic", "power-cut"]);
});
