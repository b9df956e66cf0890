import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../../harness/core/exec.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { MiB } from "../../harness/core/units.ts";
import type { RecipeChange } from "../mutant.ts";
import { sealedIn } from "./verity-disk.ts";
import { buildVerityImage, changeVerityImage, firstVersion } from "./verity-image.ts";

const tarOf = (
  folder: string,
  files: Readonly<Record<string, string>>,
  archive: string,
): string => {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  execFileSync("tar", [
    "--create",
    `--file=${archive}`,
    `--directory=${folder}`,
    "--format=posix",
    ".",
  ]);
  return archive;
};

const place = (dir: string, name: string): { outDir: string; workDir: string } => {
  const [outDir, workDir] = [join(dir, name), join(dir, `${name}-work`)];
  for (const folder of [outDir, workDir]) mkdirSync(folder);
  return { outDir, workDir };
};

const builtIn = async (dir: string): Promise<string> => {
  const root = {
    "usr/lib/os-release": "ID=debian\nIMAGE_ID=node\nIMAGE_VERSION=1\n",
    README: "one\n",
  };
  const archives = {
    root: tarOf(join(dir, "tree"), root, join(dir, "root.tar")),
    boot: tarOf(
      join(dir, "boot"),
      { vmlinuz: "k", initrd: "i", loader: "l" },
      join(dir, "boot.tar"),
    ),
  };
  writeFileSync(join(dir, "kernel-arguments"), "ro\nquiet\n");
  const places = place(dir, "image");
  await buildVerityImage(archives, { recipeDir: dir, ...places });
  return places.outDir;
};

const second = async (baseDir: string, dir: string, name: string): Promise<string> => {
  const changes: readonly RecipeChange[] = [
    { kind: "add-file", path: "/README", mode: 0o644, text: "two\n" },
    { kind: "remove-kernel-argument", argument: "quiet" },
  ];
  const places = place(dir, name);
  const contentOf = async (): Promise<Uint8Array> => new Uint8Array();
  await changeVerityImage(baseDir, { changes, contentOf, version: "2", ...places });
  return places.outDir;
};

const partitionsOf = async (disk: string): Promise<readonly string[]> => {
  const { stdout } = await exec(toolPath("sfdisk"), ["--dump", disk]);
  return [...stdout.matchAll(/name="([^"]*)"/g)].map(([, name = ""]) => name);
};

/** The two partitions of the first slot, against a root hash. */
const verify = async (disk: string, dir: string, rootHash: string): Promise<boolean> => {
  const parts = [
    { name: join(dir, "root"), skip: 129, count: 320 },
    { name: join(dir, "verity"), skip: 449, count: 4 },
  ];
  for (const { name, skip, count } of parts)
    await exec("dd", [
      `if=${disk}`,
      `of=${name}`,
      "bs=1M",
      `skip=${skip}`,
      `count=${count}`,
      "conv=sparse",
    ]);
  const [root = "", verity = ""] = parts.map(({ name }) => name);
  return exec(toolPath("veritysetup"), ["verify", root, verity, rootHash]).then(
    () => true,
    () => false,
  );
};

test("an image and a release of it are sealed, say so in their entry, and are the same each time", {
  timeout: 120_000,
}, async () => {
  await using dir = await tempDir();
  const base = await builtIn(dir.path);
  const release = await second(base, dir.path, "second");
  const again = await second(base, dir.path, "again");
  const disk = join(release, "disk.raw");
  expect(await sha256OfFile(join(again, "disk.raw"))).toBe(await sha256OfFile(disk));
  expect(await partitionsOf(join(base, "disk.raw"))).toEqual([
    ...["esp", "root_1", "verity_1", "_empty", "_empty"],
  ]);
  expect(await partitionsOf(disk)).toEqual(["esp", "root_2", "verity_2", "_empty", "_empty"]);
  const { rootHash, entry, kernelArguments } = sealedIn(release);
  expect(kernelArguments).toEqual(["ro"]);
  expect(entry).toContain(`\noptions ro roothash=${rootHash} `);
  expect(sealedIn(base)).toMatchObject({
    version: firstVersion,
    kernelArguments: ["ro", "quiet"],
  });
  const env = { ...process.env, MTOOLS_SKIP_CHECK: "1" };
  const onDisk = execFileSync(
    toolPath("mtools"),
    ["-c", "mtype", "-i", `${disk}@@1M`, "::/loader/entries/os_2.conf"],
    { encoding: "utf8", env },
  );
  expect(onDisk).toBe(entry);
});

test("one other byte in the root is found by its hash", { timeout: 120_000 }, async () => {
  await using dir = await tempDir();
  const base = await builtIn(dir.path);
  const disk = join(base, "disk.raw");
  const { rootHash } = sealedIn(base);
  expect(await verify(disk, dir.path, rootHash)).toBe(true);
  const file = openSync(disk, "r+");
  writeSync(file, "x", 129 * MiB + 100);
  closeSync(file);
  expect(await verify(disk, dir.path, rootHash)).toBe(false);
});

test("a release states its version; boot code is not to be had", { timeout: 120_000 }, async () => {
  await using dir = await tempDir();
  const base = await builtIn(dir.path);
  const release = await second(base, dir.path, "second");
  const listed = execFileSync("tar", ["-xOf", join(release, "root.tar"), "./usr/lib/os-release"], {
    encoding: "utf8",
  });
  expect(listed).toBe("ID=debian\nIMAGE_ID=node\nIMAGE_VERSION=2\n");
  expect(readFileSync(join(base, "arguments"), "utf8")).toContain("quiet");
  await expect(
    changeVerityImage(base, {
      changes: [{ kind: "stall-boot-code", stage: "boot-sector", seconds: 1 }],
      contentOf: async () => new Uint8Array(),
      ...place(dir.path, "third"),
    }),
  ).rejects.toThrow("A verity node has no BIOS boot code");
});
