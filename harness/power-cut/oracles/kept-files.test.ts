import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { exec } from "../../core/exec.ts";
import { toolPath } from "../../core/tool.ts";
import { makeExt4Image, type Planted } from "../../inspect/testing/ext4-image.ts";
import type { Judgement } from "../oracle.ts";
import { withViewOf } from "../testing/view-of-disk.ts";
import { type KeptFiles, keptFilesOracle } from "./kept-files.ts";

const sha256 = createHash("sha256").update("mine").digest("hex");
const kept: KeptFiles = new Map<string, { readonly sha256: string } | "whiteout">([
  ["/etc/mine", { sha256 }],
  ["/etc/deleted", "whiteout"],
]);

/** What is said of a file system with these files; `/etc/deleted` is hidden as overlayfs does it. */
const judgementOf = async (files: Readonly<Record<string, Planted>>): Promise<Judgement> => {
  await using image = await makeExt4Image(files);
  if (!("etc/deleted" in files)) {
    const commands = "cd etc\nmknod deleted c 0 0\nset_inode_field deleted links_count 1\n";
    await exec(toolPath("debugfs"), ["-w", "-f", "-", image.path], { input: commands });
  }
  return await withViewOf(image.path, (view) => keptFilesOracle(kept).judge(view));
};

test("a file system with all that was kept", async () => {
  const judgement = await judgementOf({ "etc/mine": "mine", other: "x" });
  expect(judgement).toEqual({ outcome: "kept", isWhole: "old", problems: [] });
});

test.each<[string, Record<string, Planted>, readonly string[]]>([
  ["a file that is gone", { "etc/other": "mine" }, ["/etc/mine is missing"]],
  ["a file of 0 bytes", { "etc/mine": "" }, ["/etc/mine is not what it was"]],
  ["a link in place of a file", { "etc/mine": { link: "other" } }, ["/etc/mine is link"]],
  [
    "a deleted file that is back, and another that is hidden",
    { "etc/mine": "mine", "etc/deleted": "back" },
    ["/etc/deleted is not what it was"],
  ],
])("%s", async (_, files, problems) => {
  const judgement = await judgementOf(files);
  expect(judgement).toEqual({ outcome: problems[0], isWhole: "neither", problems });
});

test("a disk without a file system", async () => {
  await using image = await makeExt4Image({ "etc/mine": "mine" });
  await exec(toolPath("mke2fs"), [
    "-q",
    "-F",
    "-t",
    "ext2",
    "-O",
    "meta_bg,^resize_inode",
    image.path,
  ]);
  const judgement = await withViewOf(image.path, (view) => keptFilesOracle(kept).judge(view));
  expect(judgement).toEqual({ outcome: "no file system", isWhole: "neither", problems: [] });
});
