import { expect, test } from "vitest";
import { parseDpkgStatus } from "./dpkg-status.ts";

test("packages whose files are there come out by name, whatever else the paragraphs say", () => {
  const text = [
    "Package: zlib",
    "Status: install ok installed",
    "Version: 1:1.3",
    "Conffiles:",
    " /etc/x 0123",
    "",
    "",
    "Package: base",
    "Status: hold ok installed",
    "Installed-Size: 3",
    "Architecture: amd64",
    "Version: 2",
    "",
    "Package: gone",
    "Status: deinstall ok config-files",
    "",
    "Package: half",
    "Status: install ok unpacked",
    "Version: 3",
    "",
  ].join("\n");
  expect(parseDpkgStatus(text)).toEqual([
    { name: "base", version: "2", architecture: "amd64", installedBytes: 3072 },
    { name: "half", version: "3", architecture: "", installedBytes: 0 },
    { name: "zlib", version: "1:1.3", architecture: "", installedBytes: 0 },
  ]);
});

test.each([
  ["", "no installed package"],
  ["\0\0\0", "something else than fields in the paragraph at line 1"],
  ["Package: x\nStatus: install ok installed\n", "no field Version in the paragraph at line 1"],
  ["Package: x\n\nVersion: 1\n", "no field Package in the paragraph at line 2"],
])("%j is no database: %s", (text, reason) => {
  expect(parseDpkgStatus(text)).toBe(reason);
});
