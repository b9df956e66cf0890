import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { exec } from "../../core/exec.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { toolPath } from "../../core/tool.ts";
import { MiB } from "../../core/units.ts";
import type { Judgement } from "../oracle.ts";
import { makeLabelledDisk } from "../testing/labelled-disk.ts";
import { withViewOf } from "../testing/view-of-disk.ts";
import { espVerityOracle } from "./esp-verity.ts";
import { readVerityRelease, type VerityRelease } from "./verity-release.ts";

type Name = "1" | "2";
type Files = Readonly<Record<string, string>>;

const rootType = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";
const verityType = "2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5";
const empty = Buffer.alloc(MiB);
const rootOf = (name: Name): Buffer => Buffer.alloc(MiB, `root of release ${name} `);
const verityOf = (name: Name): Buffer => Buffer.alloc(MiB, `hashes of release ${name} `);

const entryOf = (name: Name): string =>
  [
    `title Node\nversion ${name}\nsort-key node\nlinux /os/vmlinuz_${name}\ninitrd /os/initrd_${name}`,
    `options ro roothash=${name.repeat(64)} systemd.verity_root_data=PARTLABEL=root_${name} systemd.verity_root_hash=PARTLABEL=verity_${name}\n`,
  ].join("\n");

const filesOf = (name: Name): Files => ({
  [`os/vmlinuz_${name}`]: `kernel ${name}`.repeat(5000),
  [`os/initrd_${name}`]: `initrd ${name}`.repeat(5000),
});

const first: Files = {
  "loader/loader.conf": "timeout 0\n",
  "loader/entries/os_1.conf": entryOf("1"),
  ...filesOf("1"),
};

let work: TempDir;
let trees = 0;
let oracle: ReturnType<typeof espVerityOracle>;
beforeAll(async () => {
  work = await tempDir("esp");
  const old = await readVerityRelease(await diskOf(first, "_empty"));
  const second = { "loader/entries/os_2.conf": entryOf("2"), ...filesOf("2") };
  const newer: VerityRelease = await readVerityRelease(
    await diskOf(second, "root_2", [rootOf("2"), verityOf("2")]),
  );
  oracle = espVerityOracle({ old, new: newer });
  return () => work[Symbol.asyncDispose]();
});

/** The first slot as shipped, and what is in the second. */
const diskOf = async (
  files: Files,
  label: string,
  [root, verity]: readonly Buffer[] = [empty, empty],
): Promise<string> => {
  const esp = join(work.path, "esp.img");
  trees += 1;
  const tree = join(work.path, `tree-${trees}`);
  writeFileSync(esp, Buffer.alloc(4 * MiB));
  await exec(toolPath("mformat"), ["-i", esp, "-v", "ESP", "::"]);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const tops = [...new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""))];
  await exec(toolPath("mcopy"), ["-s", "-i", esp, ...tops.map((top) => join(tree, top)), "::"]);
  const path = join(work.path, "disk.raw");
  await makeLabelledDisk(path, [
    { label: "esp", type: "uefi", content: esp },
    { label: "root_1", type: rootType, content: rootOf("1") },
    { label: "verity_1", type: verityType, content: verityOf("1") },
    { label, type: rootType, content: root ?? empty },
    { label: label.replace("root", "verity"), type: verityType, content: verity ?? empty },
  ]);
  return path;
};

const judged = async (
  files: Files,
  label: string,
  slots: readonly Buffer[] = [empty, empty],
): Promise<Judgement> =>
  await withViewOf(await diskOf(files, label, slots), (view) => oracle.judge(view));

const second = [rootOf("2"), verityOf("2")];

test("An entry for the new release with tries left is started, and the old one stays behind it", async () => {
  const files = { ...first, ...filesOf("2"), "loader/entries/os_2+3-0.conf": entryOf("2") };
  expect(await judged(files, "root_2", second)).toEqual({
    ...{ outcome: "new with 3 tries left, then old", isWhole: "new", problems: [] },
  });
});

test("A slot that is half written and has no entry yet leaves the old release", async () => {
  const half = [Buffer.concat([rootOf("2").subarray(0, MiB / 2)]), empty];
  expect(await judged({ ...first, ...filesOf("2") }, "_empty", half)).toEqual({
    ...{ outcome: "old", isWhole: "old", problems: [] },
  });
});

test("An entry of 0 bytes is none to the loader, so that the old release boots", async () => {
  const files = { ...first, ...filesOf("2"), "loader/entries/os_2.conf": "" };
  expect(await judged(files, "root_2", second)).toMatchObject({ outcome: "old", isWhole: "old" });
});

test.each<[string, Files, string, readonly Buffer[], string]>([
  [
    "a kernel cut short",
    { ...filesOf("2"), "os/vmlinuz_2": "kernel" },
    ...(["root_2", second, "os_2.conf: its kernel is not the release's"] as const),
  ],
  [
    "an initrd that is not there",
    { "os/vmlinuz_2": filesOf("2")["os/vmlinuz_2"] ?? "" },
    ...(["root_2", second, "os_2.conf: its initrd is not the release's"] as const),
  ],
  [
    "a root that is not all there",
    filesOf("2"),
    ...([
      "root_2",
      [empty, verityOf("2")],
      "os_2.conf: root_2 has not the release's bytes",
    ] as const),
  ],
  [
    "hashes that are not there",
    filesOf("2"),
    ...([
      "root_2",
      [rootOf("2"), empty],
      "os_2.conf: verity_2 has not the release's bytes",
    ] as const),
  ],
])(
  "An entry for the new release with %s boots nothing whole",
  async (_, files, label, slots, problem) => {
    const all = { ...first, ...files, "loader/entries/os_2+3-0.conf": entryOf("2") };
    expect(await judged(all, label, slots)).toEqual({
      ...{ outcome: "broken new with 3 tries left, then old", isWhole: "neither" },
      problems: [problem],
    });
  },
);

test("A slot whose label is not yet changed is not found by the kernel", async () => {
  const files = { ...first, ...filesOf("2"), "loader/entries/os_2+3-0.conf": entryOf("2") };
  expect((await judged(files, "_empty", second)).problems).toEqual([
    "os_2.conf: root_2 is the label of 0 partitions",
    "os_2.conf: verity_2 is the label of 0 partitions",
  ]);
});

test("Without an entry nothing boots", async () => {
  expect(await judged(filesOf("1"), "_empty")).toEqual({
    ...{ outcome: "no entry", isWhole: "neither", problems: ["no entry boots"] },
  });
});
