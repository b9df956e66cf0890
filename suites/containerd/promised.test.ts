import { expect, test } from "vitest";
import { isAtLeast } from "./promised.ts";

test.each([
  ["1.7.24", "1.7", true],
  ["v2.0.0", "1.7", true],
  ["1.7.24~ds1", "1.6", true],
  ["1.10.0", "1.9", true],
  ["1.5.9", "1.6", false],
  ["0.9", "1.6", false],
  ["unknown", "1.6", false],
])("version %s is at least %s: %s", (version, least, is) => {
  expect(isAtLeast(version, least)).toBe(is);
});
