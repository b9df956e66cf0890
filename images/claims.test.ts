import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listClaims } from "./claims.ts";
import { loadProfile } from "./profile/profiles.ts";

const suites = join(import.meta.dirname, "..", "suites");

/** The claims that the checks of a suite name, by their sources. */
const claimsOfSuite = (name: string): readonly string[] =>
  readdirSync(join(suites, name))
    .filter((file) => file.endsWith(".suite.ts"))
    .flatMap((file) => readFileSync(join(suites, name, file), "utf8").match(/"C\d\d"/g) ?? [])
    .map((quoted) => quoted.slice(1, -1));

const ids = listClaims().map(({ id }) => id);
const answeredByReport = listClaims().flatMap(({ id, report }) => (report === undefined ? [] : id));

test("the claims are C01 to C35", () => {
  const all = Array.from({ length: 35 }, (_, index) => `C${String(index + 1).padStart(2, "0")}`);
  expect(ids).toEqual(all);
});

test.each(["reference", "traditional", "containeros-3.4", "containeros-3.5"])(
  "%s claims each of them, says why not, or leaves it to the report",
  (name) => {
    const { claims, notClaimed } = loadProfile(name);
    const said = [...claims, ...notClaimed].map(({ id }) => id);
    expect([...said, ...answeredByReport].toSorted()).toEqual(ids);
  },
);

test.each(["reference", "traditional", "containeros-3.4", "containeros-3.5"])(
  "what %s claims is named by a check of its suites",
  (name) => {
    const { claims, suites: names } = loadProfile(name);
    const named = new Set(names.flatMap(claimsOfSuite));
    expect(claims.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  },
);
