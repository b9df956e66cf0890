import { chmodSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../../harness/core/exec.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { containerImageSpot } from "./container-image.ts";
import { adminImage, bootstrapImage } from "./host-containers.ts";

const makeRoot = join(import.meta.dirname, "container-images", "make-root");

/** Unpacked packages as mmdebstrap gives them; its busybox is a script that only lists applets. */
const packPackages = async (directory: string): Promise<string> => {
  const root = join(directory, "unpacked");
  for (const folder of ["etc", "usr/bin", "usr/share/doc"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, "etc/hostname"), "this-host");
  writeFileSync(join(root, "usr/share/doc/copyright"), "");
  writeFileSync(join(root, "usr/bin/busybox"), "#!/bin/sh\nprintf '%s\\n' ls sh getty dpkg ssh\n");
  writeFileSync(join(root, "usr/bin/ssh"), "from a package");
  chmodSync(join(root, "usr/bin/busybox"), 0o755);
  const archive = join(directory, "packages.tar");
  await exec("tar", ["--create", `--file=${archive}`, `--directory=${root}`, "."]);
  return archive;
};

test("a container's root has the programs of its packages, applets beside them, and the recipe's files", async () => {
  await using dir = await tempDir();
  const recipe = join(dir.path, "recipe");
  mkdirSync(join(recipe, "files/etc"), { recursive: true });
  writeFileSync(join(recipe, "files/etc/os-release"), "ID=mine\n");
  const root = join(dir.path, "root");
  await exec(makeRoot, [await packPackages(dir.path), recipe, root]);

  const entries = await readdir(root, { recursive: true });
  expect(entries.toSorted()).toMatchInlineSnapshot(`
    [
      "bin",
      "bin/busybox",
      "bin/ls",
      "bin/sh",
      "bin/ssh",
      "dev",
      "etc",
      "etc/os-release",
      "lib",
      "proc",
      "root",
      "run",
      "sbin",
      "sys",
      "tmp",
      "usr",
      "usr/bin",
      "usr/bin/busybox",
      "usr/bin/ls",
      "usr/bin/sh",
      "usr/bin/ssh",
      "usr/lib",
      "usr/sbin",
      "var",
      "var/log",
    ]
  `);
  expect(readlinkSync(join(root, "usr/bin/sh"))).toBe("busybox");
  expect(readFileSync(join(root, "usr/bin/ssh"), "utf8")).toBe("from a package");
});

test("each image has a place of its own in the cache", () => {
  const { name, key } = containerImageSpot(bootstrapImage);
  expect({ name, key }).toEqual({
    name: "bootstrap-image",
    key: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(containerImageSpot(adminImage).key).not.toBe(key);
});
