import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { tempDir } from "../../harness/core/tmp.ts";
import { stagePayload } from "./payload-parts.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("what is staged has modes of its own, whatever the builder's umask is", async () => {
  await using dir = await tempDir();
  const recipe = join(dir.path, "recipe");
  mkdirSync(recipe);
  writeFileSync(join(recipe, "payload"), "usr/lib/images node-images\n");
  vi.stubEnv("BOOTWRIGHT_CACHE", join(dir.path, "cache"));
  const tree = join(dir.path, "tree");
  const before = process.umask(0o077);
  try {
    await stagePayload(recipe, tree, dir.path, () => undefined);
  } finally {
    process.umask(before);
  }
  const modes = readdirSync(tree, { recursive: true, withFileTypes: true }).map((entry) => {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    return `${entry.isDirectory() ? "directory" : "file"} ${mode.toString(8)}`;
  });
  expect([...new Set(modes)].toSorted()).toEqual(["directory 755", "file 644"]);
});
