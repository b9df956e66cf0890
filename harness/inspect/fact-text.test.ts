import { expect, test } from "vitest";
import { factText } from "./fact-text.ts";

test.each([
  ["/usr/bin/sh", "/usr/bin/sh"],
  ["/etc/system-systemd\\x2dcryptsetup.slice", "/etc/system-systemd\\x2dcryptsetup.slice"],
  [Buffer.from("/srv/größe").toString("latin1"), "/srv/größe"],
  ["/tmp/a\nb", "$'/tmp/a\\x0ab'"],
  ["/tmp/\xff\\'", "$'/tmp/\\xff\\\\\\''"],
  ["$'x'", "$'$\\'x\\''"],
])("%j becomes %s", (bytes, text) => {
  expect(factText(bytes)).toBe(text);
});
