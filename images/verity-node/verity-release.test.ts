import { expect, test } from "vitest";
import { listReleases } from "../release/release.ts";
import { requireVersion } from "./boot-entry.ts";

test("releases of reference-ab are of versions that slots and entries can be named after", () => {
  const releases = listReleases("reference-ab");
  expect(releases.map(({ name }) => name)).toContain("v2-panics");
  for (const { version } of releases) expect(requireVersion(version)).toBe(version);
});
