import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { bindMount } from "./testing/bind-mount.ts";
import { tempDir } from "./tmp.ts";

const module = join(import.meta.dirname, "reaper.ts");

/** Has another process ask for the removal of the paths, and ends it. */
const removedAtEnd = async (paths: readonly string[]): Promise<void> => {
  const script = `const { removeAtEnd } = await import(${JSON.stringify(module)});
    for (const path of ${JSON.stringify(paths)}) removeAtEnd(path);
    process.stdout.write("asked"); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
};

test("after SIGKILL all that was named is removed", async () => {
  await using dir = await tempDir();
  const [folder, file] = [join(dir.path, "a folder"), join(dir.path, "file")];
  mkdirSync(join(folder, "deep"), { recursive: true });
  writeFileSync(file, "");
  await removedAtEnd([folder, file, join(dir.path, "gone already")]);
  await vi.waitUntil(() => readdirSync(dir.path).length === 0, { timeout: 10_000 });
});

test("what is mounted below a path is not emptied; other paths go", async ({ skip }) => {
  await using dir = await tempDir();
  await using outside = await tempDir();
  writeFileSync(join(outside.path, "precious.txt"), "");
  const [folder, other] = [join(dir.path, "a folder"), join(dir.path, "other")];
  mkdirSync(other);
  using bind = bindMount(outside.path, join(folder, "a place"));
  if (bind === undefined) return skip("this user may not mount");
  await removedAtEnd([folder, other]);
  await vi.waitUntil(() => !existsSync(other), { timeout: 10_000 });
  expect(readdirSync(outside.path)).toEqual(["precious.txt"]);
});
