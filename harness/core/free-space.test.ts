import { join } from "node:path";
import { expect, test } from "vitest";
import { freeBytesAt, requireFreeSpace } from "./free-space.ts";
import { tempDir } from "./tmp.ts";

test("work that does not fit is refused before it begins, with what is needed and what is free", async () => {
  await using dir = await tempDir();
  const absent = join(dir.path, "not/yet");
  expect(freeBytesAt(absent)).toBeGreaterThan(0);
  requireFreeSpace(absent, 1, "Building image tiny");
  expect(() => requireFreeSpace(absent, 2 ** 60, "Building image vast")).toThrow(
    /^Building image vast needs 1073741824\.00 GiB in .*\/not\/yet, where [\d.]+ [KMG]iB are free$/,
  );
});
