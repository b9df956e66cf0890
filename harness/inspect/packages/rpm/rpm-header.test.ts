import { expect, test } from "vitest";
import { rpmHeader } from "../../testing/rpm-header-bytes.ts";
import { parseRpmHeader } from "./rpm-header.ts";

test("a header tells name, version with epoch and release, sizes and files", () => {
  const blob = rpmHeader({
    ...{ name: "alpha", version: "1.2", release: "3.al8", epoch: 4, architecture: "x86_64" },
    ...{ installedBytes: 5, digestAlgorithm: 8 },
    files: [{ path: "/usr/bin/alpha", digest: "ab" }, { path: "/etc/alpha/conf" }],
  });
  expect(parseRpmHeader(blob)).toEqual({
    ...{ name: "alpha", version: "4:1.2-3.al8", architecture: "x86_64", installedBytes: 5 },
    files: [
      { path: "/usr/bin/alpha", digest: { algorithm: "sha256", hex: "ab" } },
      { path: "/etc/alpha/conf" },
    ],
  });
});

test("what leads out of the header is left out, and what has no name is none", () => {
  const blob = rpmHeader({ name: "a", version: "1", files: [{ path: "/b" }] });
  const cut = Buffer.from(blob.subarray(0, blob.length - 4));
  expect(parseRpmHeader(cut)).toMatchObject({ name: "a", files: [] });
  expect(parseRpmHeader(rpmHeader({ version: "1" }))).toBeUndefined();
  expect(parseRpmHeader(Buffer.alloc(4))).toBeUndefined();
  expect(parseRpmHeader(Buffer.alloc(64, 0xff))).toBeUndefined();
});
