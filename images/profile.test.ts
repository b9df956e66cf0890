import { expect, test } from "vitest";
import { detectProfile, type Profile } from "./profile.ts";
import { listProfiles, loadProfile } from "./profiles.ts";

const profile = (name: string, match: Profile["match"]): Profile => ({
  schema: 1,
  name,
  title: name,
  match,
  suites: [],
  claims: [],
  notClaimed: [],
});

test("the most specific rule wins, whatever the order", () => {
  const profiles = [
    profile("debian", [{ ID: "debian" }]),
    profile("variant", [{ ID: "other" }, { ID: "debian", VARIANT_ID: "node" }]),
    profile("generic", []),
  ];
  const found = (fields: Record<string, string>) => detectProfile(profiles, fields)?.name;
  expect([
    found({ ID: "debian", VARIANT_ID: "node" }),
    found({ ID: "debian" }),
    found({ ID: "alpine" }),
  ]).toEqual(["variant", "debian", undefined]);
});

test("the built images are detected", () => {
  const found = (variant: string) =>
    detectProfile(listProfiles(), { ID: "debian", VARIANT_ID: variant })?.name;
  expect([found("reference"), found("traditional")]).toEqual(["reference", "traditional"]);
});

test("no profile says both that it makes a claim and that it does not", () => {
  for (const { claims, notClaimed } of listProfiles()) {
    const ids = [...claims, ...notClaimed].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  }
});

test("an unknown profile is refused with the near ones", () => {
  expect(() => loadProfile("referenc")).toThrowErrorMatchingInlineSnapshot(
    `[ConfigError: There is no profile referenc; known: generic, probe, reference, traditional]`,
  );
});
