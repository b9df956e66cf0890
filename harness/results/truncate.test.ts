import { expect, test } from "vitest";
import { truncate } from "./truncate.ts";

test("text within the limit stays as it is, and a lone surrogate becomes U+FFFD", () => {
  expect([truncate("héllo", 6), truncate("a\ud800b", 100)]).toEqual(["héllo", "a\ufffdb"]);
});

test("a cut never splits a character and says how long the text was", () => {
  const cut = truncate("é".repeat(100), 40);
  expect([cut, Buffer.byteLength(cut) <= 40]).toEqual(["éééééé… (cut; 200 bytes in all)", true]);
});
