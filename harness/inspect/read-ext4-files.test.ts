import { expect, test } from "vitest";
import { readExt4Files } from "./read-ext4-files.ts";
import { makeExt4Image } from "./testing/ext4-image.ts";

test("regular files of the root directory are read, up to a length; links lead nowhere", async () => {
  await using image = await makeExt4Image({
    "/report.json": "[]",
    "/long.txt": "x".repeat(5000),
    "/link.txt": { link: "/etc/passwd" },
    "/sub/report.json": "no",
  });
  const names = ["report.json", "long.txt", "link.txt", "absent.txt"];
  const { files, needsRecovery } = await readExt4Files(image.path, names, 1000);
  expect(needsRecovery).toBe(false);
  expect([...files].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
    ["report.json", "[]"],
  ]);
});
