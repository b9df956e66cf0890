import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../core/exec.ts";
import { tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { makeFormattedDisk } from "./formatted-disk.ts";

test("the file system has the label and the files, and nothing else is left behind", async () => {
  await using dir = await tempDir();
  const content = { label: "data", sizeMiB: 16, files: { origin: "the host" } };
  const disk = await makeFormattedDisk(dir.path, "other", content);
  expect(disk).toEqual({ path: join(dir.path, "other.ext4"), format: "raw" });
  const debugfs = async (request: string): Promise<string> =>
    (await exec(toolPath("debugfs"), ["-R", request, disk.path])).stdout;
  expect(await debugfs("cat /origin")).toBe("the host");
  expect(await debugfs("show_super_stats -h")).toMatch(/volume name:\s+data\n/);
  expect(await debugfs("ls -p /")).toMatchInlineSnapshot(`
    "/2/040755/0/0/.//
    /2/040755/0/0/..//
    /11/040700/0/0/lost+found//
    /13/100644/0/0/origin/8/
    "
  `);
});
