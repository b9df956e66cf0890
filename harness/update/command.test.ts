import { expect, test } from "vitest";
import { filled, identitiesIn } from "./command.ts";

const release = { name: "v2", identity: "abc", version: "2", kernelArguments: ["ro", "a=%i"] };

test("placeholders stand anywhere in a word, and what is filled in is not filled in again", () => {
  const argv = ["/usr/bin/up", "--from=%d/repo", "%n-%v", "%i", "100%%", "%x"];
  expect(filled(argv, { ...release, name: "%i" })).toEqual([
    "/usr/bin/up",
    "--from=/run/update/repo",
    "%i-2",
    "abc",
    "100%",
    "%x",
  ]);
});

test("a word for kernel arguments is there once for each of them", () => {
  expect(filled(["/up", "--arg=%k", "%%k"], release)).toEqual([
    "/up",
    "--arg=ro",
    "--arg=a=%i",
    "%k",
  ]);
  expect(filled(["/up", "--arg=%k"], { name: "v1", identity: "x" })).toEqual(["/up"]);
});

test("identities are the first groups of all lines that fit, in order", () => {
  const output = "* slot a: 11\n  slot b: 22\nslot c\n";
  expect(identitiesIn(output, { match: "^[* ] slot .: (\\d+)$" })).toEqual(["11", "22"]);
  expect(identitiesIn(output, { match: "^nothing (x)$" })).toEqual([]);
});
