import { describe, expect, test } from "vitest";
import { renderError } from "../../../harness/core/errors.ts";
import { withoutApplets } from "./busybox-layer.ts";

const list = "read\0losetup\0ls\0lsmod\0lsscsi\0nbd-client\0nc\0netstat\0nl";

describe("the shell of our busybox images", () => {
  test("has no ls and no nc of its own, and is busybox otherwise", () => {
    const before = Buffer.from(`code ${list} code\0ls\0`);
    expect(withoutApplets(before).toString()).toBe(
      "code read\0losetup\0lr\0lsmod\0lsscsi\0nbd-client\0nd\0netstat\0nl code\0ls\0",
    );
    expect(before.toString()).toContain("\0ls\0lsmod");
  });

  test.each([
    ["nowhere", "lsmod\0lsscsi"],
    ["more than once", `${list}\0${list}`],
  ])("is not made when the list of applets is there %s", (_, text) => {
    let told = "";
    try {
      withoutApplets(Buffer.from(text));
    } catch (error) {
      told = renderError(error);
    }
    expect(told).toMatch(
      new RegExp(
        `^Busybox should have the applets losetup, ls and lsmod once .* ${_} \\[IMAGE_BUILD\\]`,
      ),
    );
  });
});
