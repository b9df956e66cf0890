// Checks of the image's file on small disks that nothing could boot: which state each comes to, and that nothing is booted.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { makeElf } from "../../inspect/testing/elf-bytes.ts";
import { makeExt4Image, type Planted } from "../../inspect/testing/ext4-image.ts";
import { makePartitionedDisk } from "../../inspect/testing/partitioned-disk.ts";
import { readRun } from "../../results/read-run.ts";
import { runCli } from "../testing/run-cli.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const program = (parts: Parameters<typeof makeElf>[0]): Planted => ({
  content: makeElf({ loader: "/lib64/ld-linux-x86-64.so.2", ...parts }),
  mode: 0o755,
});
const status = "Package: base\nStatus: install ok installed\nVersion: 1\n";
const system: Readonly<Record<string, Planted>> = {
  "usr/lib/os-release": "ID=x\n",
  "var/lib/dpkg/status": status,
  "var/lib/dpkg/info/base.list": "/usr/bin/containerd\n",
  "var/lib/dpkg/info/base.md5sums": "",
  "usr/bin/containerd": program({
    text: "path\tgithub.com/containerd/containerd/cmd/containerd\n",
  }),
};

const promised = ["shells", "interpreters", "scripts", "unowned-elf", "setuid"];
const profile = `schema: 1
name: small
title: Small
suites: [minimal-os]
minimalOs:
  without: { ${promised.map((name) => `${name}: []`).join(", ")} }
  architecture: x86_64
  containerRuntime: containerd
  limits: { packages: 1, diskMiB: 100, filesMiB: 1 }
`;
const manifest = (file: string): string => `schema: 1
name: small
title: Small
source: { file: ${file}, format: raw }
profile: ./profile.yaml
machine: { memoryMiB: 256, cpus: 1, boot: bios }
systemDisk: { readOnly: true }
agent: { injection: [credentials] }
ready: { unit: x.service }
deadlines: { bootMs: { kvm: 1000, tcg: 1000 } }
`;

let images = 0;
const run = async (disk: string) => {
  images += 1;
  const name = `image-${images}`;
  copyFileSync(disk, join(dir.path, `${name}.raw`));
  writeFileSync(join(dir.path, "profile.yaml"), profile);
  const file = join(dir.path, `${name}.yaml`);
  writeFileSync(file, manifest(`./${name}.raw`));
  const out = join(dir.path, name);
  const { exitCode, stdout, stderr } = await runCli(["run", file, "--no-boot", "--out", out]);
  expect(exitCode, stderr).not.toBe(2);
  const { run: record } = readRun(out);
  expect([record.boots, readdirSync(join(out, "boots"))], stdout + stderr).toEqual([[], []]);
  expect(record.checksPlanned).toBe(record.checks.length);
  const states = Object.fromEntries(
    record.checks.map(({ id, state, reason }) => [id, [state, reason ?? ""].join(" ").trim()]),
  );
  return { exitCode, states, facts: join(out, "inspect.json") };
};

const runOf = async (files: Readonly<Record<string, Planted>>) => {
  await using image = await makeExt4Image(files);
  await using disk = await makePartitionedDisk([image.path]);
  return await run(disk.path);
};

const judged = [
  "container-runtime",
  "foreign-elf",
  "image-size",
  "interpreters",
  "packages",
  "scripts",
  "setuid",
  "shells",
  "unowned-elf",
].map((name) => `minimal-os/${name}`);
const of = (states: Readonly<Record<string, string>>, which = judged): Record<string, string> =>
  Object.fromEntries(which.map((id) => [id, states[id] ?? "no record"]));
const allPass = Object.fromEntries(judged.map((id) => [id, "pass"]));

test("a small system passes what its profile promises; the rest is unsupported", async () => {
  const { exitCode, states, facts } = await runOf(system);
  expect(of(states)).toEqual(allPass);
  expect(states["minimal-os/ssh"]).toMatch(/^unsupported The profile does not promise/);
  expect(states["boot/default"]).toBeUndefined();
  expect(exitCode).toBe(0);
  expect(JSON.parse(readFileSync(facts, "utf8"))).toMatchObject({ root: { state: "found" } });
});

test("each broken promise fails its own check", async () => {
  const { exitCode, states } = await runOf({
    ...system,
    "usr/libexec/x": program({ text: "BusyBox is copyrighted by many authors", machine: 183 }),
    "usr/bin/y": { content: "#!/usr/libexec/x\n", mode: 0o4755 },
    "var/lib/dpkg/status": `${status}\nPackage: b\nStatus: install ok unpacked\nVersion: 1\n`,
    large: "x".repeat(1_100_000),
  });
  const failed = Object.entries(states).filter(([, state]) => state.startsWith("fail"));
  expect(failed.map(([id]) => id).toSorted()).toEqual(
    ["foreign-elf", "image-size", "packages", "scripts", "setuid", "shells", "unowned-elf"].map(
      (name) => `minimal-os/${name}`,
    ),
  );
  expect(states["minimal-os/shells"]).toBe(
    "fail /usr/libexec/x is busybox by text BusyBox is copyrighted by many authors",
  );
  expect(exitCode).toBe(1);
});

test.each([
  ["absent", {}],
  ["corrupt", { "var/lib/dpkg/status": "\0\0\0" }],
])("with a package database that is %s, what rests on it is unsupported", async (_what, files) => {
  const { "var/lib/dpkg/status": _, "var/lib/dpkg/info/base.list": __, ...rest } = system;
  const { states } = await runOf({ ...rest, ...files });
  const expected = { ...allPass };
  for (const name of ["minimal-os/packages", "minimal-os/unowned-elf"])
    expected[name] = expect.stringMatching(/^unsupported /);
  expect(of(states)).toEqual(expected);
});

test("where not everything was seen, nothing found proves nothing", async () => {
  await using image = await makeExt4Image(system);
  await using disk = await makePartitionedDisk([image.path, image.path]);
  const bytes = readFileSync(disk.path);
  // The second partition becomes one that is not read.
  const start = 9 * 1024 * 1024;
  bytes.fill(0, start + 1024, start + 2048);
  bytes.write("XFSB", start, "latin1");
  writeFileSync(disk.path, bytes);
  const { exitCode, states } = await run(disk.path);
  expect(states["minimal-os/shells"]).toBe(
    "unsupported Nothing was found, but not everything was seen: partition 2 (xfs): this version lists ext2, ext3, ext4 and vfat, not xfs",
  );
  expect(Object.entries(states).filter(([, state]) => state === "pass")).toEqual([
    ["minimal-os/packages", "pass"],
    ["minimal-os/image-size", "pass"],
  ]);
  expect(exitCode).toBe(0);
});

test("without a root nothing of it passes, and the run is not green", async () => {
  const { exitCode, states } = await runOf({ "data/x": "y" });
  expect(new Set(Object.values(states).map((state) => state.split(" ")[0]))).toEqual(
    new Set(["unsupported"]),
  );
  expect(exitCode).toBe(3);
});

test("--no-boot with suites that only boot is refused", async () => {
  const seen = await runCli(["run", "reference", "--suite", "boot-time", "--no-boot"]);
  expect([seen.exitCode, seen.stdout]).toEqual([2, ""]);
  expect(seen.stderr).toContain("Of boot-time none looks at the image's file alone");
  expect(seen.stderr).toContain("minimal-os");
});
