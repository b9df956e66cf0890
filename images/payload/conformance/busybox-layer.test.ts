import { describe, expect, test } from "vitest";
import { renderError } from "../../../harness/core/errors.ts";
import { withoutLs } from "./busybox-layer.ts";

const list = "read\0losetup\0ls\0lsmod\0lsscsi";

describe("the shell of our busybox images", () => {
  test("has no ls of its own, and is busybox otherwise", () => {
    const before = Buffer.from(`code ${list} code\0ls\0`);
    expect(withoutLs(before).toString()).toBe("code read\0losetup\0lr\0lsmod\0lsscsi code\0ls\0");
    expect(before.toString()).toContain("\0ls\0lsmod");
  });

  test.each([
    ["nowhere", "lsmod\0lsscsi"],
    ["more than once", `${list}\0${list}`],
  ])("is not made when the list of applets is there %s", (_, text) => {
    let told = "";
    try {
      withoutLs(Buffer.from(text));
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
