import { expect, test } from "vitest";
import { listProfiles, loadProfile } from "./profiles.ts";

test("no profile says both that it makes a claim and that it does not", () => {
  for (const { claims, notClaimed } of listProfiles()) {
    const ids = [...claims, ...notClaimed].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  }
});

test("an unknown profile is refused with the near ones", () => {
  expect(() => loadProfile("referenc")).toThrowErrorMatchingInlineSnapshot(
    `[ConfigError: There is no profile referenc; known: containeros-3.4, containeros-3.5, generic, probe, reference, reference-ab, traditional]`,
  );
});
