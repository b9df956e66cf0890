import { describe, expect, test } from "vitest";
import { parseYaml } from "../yaml.ts";
import { findRelease, listReleases } from "./release.ts";
import { releaseSchema } from "./release-schema.ts";

const parse = (text: string) => parseYaml(text, releaseSchema, "release.yaml");
const stated = `
schema: 1
of: reference
name: v2
title: The second release
version: "2"
daysLater: 1
`;

describe("releaseSchema", () => {
  test("gives typed changes in their order", () => {
    expect(
      parse(`${stated}
ref: other/stable
changes:
  - addFile: { path: /README, text: hello }
  - kernelArgument: { add: quiet }
`),
    ).toEqual({
      ...{ schema: 1, of: "reference", name: "v2", title: "The second release" },
      ...{ version: "2", daysLater: 1, ref: "other/stable", isRefused: false },
      changes: [
        { kind: "add-file", path: "/README", mode: 0o644, text: "hello" },
        { kind: "add-kernel-argument", argument: "quiet" },
      ],
    });
  });

  test.each([
    ["v1, which is the image", stated.replace("v2", "v1"), "name: expected another name: v1 is"],
    ["a key that it does not know", `${stated}colour: red\n`, "colour"],
    ["a version that os-release cannot hold", stated.replace('"2"', '"2 b"'), "version: expected"],
    ["a day before the image's", stated.replace("daysLater: 1", "daysLater: 0"), "daysLater"],
  ])("refuses %s", (_what, text, message) => {
    const whole = `${text}changes: [{ removeFile: { path: /README } }]\n`;
    expect(() => parse(whole)).toThrow(message);
  });

  test.each([
    ["stallBootCode: { stage: core-image, seconds: 15 }"],
    ["grantCapability: { path: /usr/bin/e, capability: 21 }"],
  ])("refuses %s, which no update brings", (change) => {
    expect(() => parse(`${stated}changes: [{ ${change} }]\n`)).toThrow(
      "changes[0]: expected a change that an update brings",
    );
  });

  test("wants a change", () => {
    expect(() => parse(`${stated}changes: []\n`)).toThrow("expected at least one change");
  });
});

describe("the releases of reference", () => {
  test("are read by name, each later than the one before", () => {
    const days = ["v2", "v3"].map((name) => findRelease("reference", name)?.daysLater);
    expect(days).toEqual([1, 2]);
    expect(listReleases("reference").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["foreign", "v2", "v3"]),
    );
  });

  test("are none for an image or a name that there is not, wherever it points", () => {
    expect([
      findRelease("reference", "v9"),
      findRelease("no-image", "v2"),
      findRelease("reference", "../reference/v2"),
      listReleases("../releases/reference"),
    ]).toEqual([undefined, undefined, undefined, []]);
  });
});
