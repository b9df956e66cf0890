import fc from "fast-check";
import { expect, test } from "vitest";
import { keyval } from "./keyval.ts";

/** QEMU's reading of an option (util/keyval.c, util/qemu-option.c): a single comma ends a value, a double one is a comma. */
const parse = (text: string): [string, string][] => {
  const parts: string[] = [""];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== ",") parts[parts.length - 1] += text[at] ?? "";
    else if (text[at + 1] === ",") {
      parts[parts.length - 1] += ",";
      at += 1;
    } else parts.push("");
  }
  return parts.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]);
};

const key = fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/);
const value = fc.string({ unit: fc.constantFrom(",", "=", "a", " ", "/", "é"), maxLength: 12 });

test("QEMU reads back what was joined, commas and equals signs included", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { minLength: 1 }), (pairs) => {
      expect(parse(keyval(undefined, ...pairs))).toEqual(pairs);
    }),
  );
});

test("booleans are on and off, undefined is left out, the implied key comes bare", () => {
  expect(
    keyval("socket", ["server", true], ["wait", false], ["logfile", undefined], ["n", 3]),
  ).toBe("socket,server=on,wait=off,n=3");
});
