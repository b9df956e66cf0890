import { expect, test } from "vitest";
import { execStart } from "./exec-start.ts";

test("arguments reach the program as they are", () => {
  expect(execStart(["/usr/bin/x", 'a "b"', "$HOME", "50%", "back\\slash"])).toEqual([
    "ExecStart=",
    'ExecStart="/usr/bin/x" "a \\"b\\"" "$$HOME" "50%%" "back\\\\slash"',
  ]);
});

test("an argument of several lines, which no unit can have, is refused", () => {
  expect(() => execStart(["/usr/bin/x", "a\nExecStart=/bin/evil"])).toThrow("several lines");
});
