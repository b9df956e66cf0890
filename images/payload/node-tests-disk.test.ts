import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderError } from "../../harness/core/errors.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { openNodeTestsDisk } from "./node-tests-disk.ts";

test("a disk is taken as it was built, and not with a wrong digest", async () => {
  await using dir = await tempDir();
  const diskPath = join(dir.path, "node-tests.ext4");
  writeFileSync(diskPath, "disk");
  writeFileSync(join(dir.path, "specs.json"), "[]");
  const sha256 = await sha256OfFile(diskPath);
  writeFileSync(join(dir.path, "manifest.json"), JSON.stringify({ disk: { sha256 } }));
  expect(await openNodeTestsDisk(dir.path)).toEqual({ diskPath, specs: [] });
  writeFileSync(diskPath, "another disk");
  const error: unknown = await openNodeTestsDisk(dir.path).catch((caught: unknown) => caught);
  expect(renderError(error).replaceAll(dir.path, "DIR")).toMatch(
    /^The disk DIR\/node-tests.ext4 should have the sha256 \w{64}, with which it was built, but has \w{64} \[HOST_RESOURCE\]\n {2}hint: Remove DIR, and it is built again$/,
  );
});
