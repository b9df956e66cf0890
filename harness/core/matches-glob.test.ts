import { expect, test } from "vitest";
import { matchesGlob } from "./matches-glob.ts";

test("a star stands for any text, and everything else for itself", () => {
  const fits = (glob: string, ...texts: readonly string[]) =>
    texts.filter((text) => matchesGlob(glob, text));
  expect([
    fits("/usr/*/a.b", "/usr//a.b", "/usr/lib/x/a.b", "/usr/lib/aXb", "/opt/usr/lib/a.b"),
    fits("boot/*", "boot/", "boot/default", "boots"),
    fits("a*c*e", "ace", "abcde", "aec"),
    fits("[a]+(b)?", "[a]+(b)?", "aab"),
    fits("*", "", "a", "a\nb"),
    fits("", "", "a"),
  ]).toEqual([
    ["/usr//a.b", "/usr/lib/x/a.b"],
    ["boot/", "boot/default"],
    ["ace", "abcde"],
    ["[a]+(b)?"],
    ["", "a", "a\nb"],
    [""],
  ]);
});
