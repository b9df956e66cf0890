import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("escape sequences, bidi overrides and NUL become visible text", () => {
  expect(printable("a\u001b[31mred\u0000\u202eevil\tok é")).toBe(
    "a\\x1b[31mred\\x00\\u202eevil\tok é",
  );
});

test("long text is cut and says how long it was", () => {
  expect(printable("x".repeat(3000), 4)).toBe("xxxx… (3000 characters)");
});
