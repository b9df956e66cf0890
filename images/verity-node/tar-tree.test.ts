import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../../harness/core/tmp.ts";
import { openTarTree } from "./tar-tree.ts";

const longName = `usr/lib/${"n".repeat(60)}/${"m".repeat(60)}`;

/** As a recipe's `seal` packs a tree. */
const packed = (folder: string): string => {
  const root = join(folder, "root");
  mkdirSync(join(root, longName, ".."), { recursive: true });
  writeFileSync(join(root, longName), "long");
  writeFileSync(join(root, "usr/first"), "one content");
  linkSync(join(root, "usr/first"), join(root, "usr/second"));
  symlinkSync("usr/first", join(root, "link"));
  const archive = join(folder, "root.tar");
  const options = ["--sort=name", "--numeric-owner", "--owner=3", "--group=4", "--mtime=@5"];
  execFileSync("tar", [
    ...["--create", `--file=${archive}`, `--directory=${root}`, ...options, "--format=posix"],
    ...["--mode=u=rwX,go=rX", "."],
  ]);
  return archive;
};

const listed = (archive: string): string[] =>
  execFileSync("tar", ["--list", "--verbose", "--numeric-owner", `--file=${archive}`], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  })
    .trim()
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));

test("what was not changed is as it was, and names of one file stay so", async () => {
  await using dir = await tempDir();
  const archive = packed(dir.path);
  using tree = openTarTree(archive);
  const saved = join(dir.path, "saved.tar");
  tree.save(saved, 5);
  expect(listed(saved).toSorted()).toEqual(listed(archive).toSorted());
  using again = openTarTree(saved);
  expect(await again.files.read(`/${longName}`)).toBe("long");
  expect(await again.files.read("/usr/second")).toBe("one content");
});

test("files are read, written, linked, listed and removed, with what is above and below", async () => {
  await using dir = await tempDir();
  using tree = openTarTree(packed(dir.path));
  const { files } = tree;
  await files.write("/etc/new/file", "text", 0o600);
  await files.symlink("/etc/other", "new/file");
  await files.write("/usr/first", "changed", 0o755);
  await files.setMode("/usr/second", 0o700);
  await files.setAttribute("/usr/second", "security.capability", Buffer.from("a\0\n"));
  await files.remove(`/usr/lib`);
  expect(await files.list("/usr")).toEqual(["first", "second"]);
  const saved = join(dir.path, "saved.tar");
  tree.save(saved, 5);
  expect(listed(saved)).toEqual([
    "drwxr-xr-x 3/4 0 1970-01-01 00:00 ./",
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 ./etc/",
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 ./etc/new/",
    "-rw------- 0/0 4 1970-01-01 00:00 ./etc/new/file",
    "lrwxrwxrwx 0/0 0 1970-01-01 00:00 ./etc/other -> new/file",
    "lrwxr-xr-x 3/4 0 1970-01-01 00:00 ./link -> usr/first",
    "drwxr-xr-x 3/4 0 1970-01-01 00:00 ./usr/",
    "-rwxr-xr-x 0/0 7 1970-01-01 00:00 ./usr/first",
    "-rwx------ 3/4 11 1970-01-01 00:00 ./usr/second",
  ]);
  using again = openTarTree(saved);
  expect(await again.files.read("/usr/second")).toBe("one content");
});

test("a path that is not there is named", async () => {
  await using dir = await tempDir();
  using tree = openTarTree(packed(dir.path));
  await expect(tree.files.read("/usr/third")).rejects.toThrow("The root has no /usr/third");
  await expect(tree.files.remove("/usr/third")).rejects.toThrow("The root has no /usr/third");
});
