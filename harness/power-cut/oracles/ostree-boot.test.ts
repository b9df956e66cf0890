import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { MiB } from "../../core/units.ts";
import { makeExt4Image, type Planted } from "../../inspect/testing/ext4-image.ts";
import type { Judgement } from "../oracle.ts";
import { makeLabelledDisk } from "../testing/labelled-disk.ts";
import { withViewOf } from "../testing/view-of-disk.ts";
import { ostreeBootOracle } from "./ostree-boot.ts";
import { type OstreeRelease, readOstreeRelease } from "./ostree-release.ts";

type Files = Readonly<Record<string, Planted | undefined>>;
type Name = "v1" | "v2";

const commits = { v1: "1".repeat(64), v2: "2".repeat(64) } as const;
const bootHashes = { v1: "a".repeat(64), v2: "b".repeat(64) } as const;

const menuEntry = (name: Name): string =>
  [
    `LABEL Node ${name}`,
    `\tKERNEL /boot/ostree/node-${bootHashes[name]}/vmlinuz`,
    `\tINITRD /boot/ostree/node-${bootHashes[name]}/initramfs`,
    `\tAPPEND root=LABEL=root ro ostree=/ostree/boot.1/node/${bootHashes[name]}/0\n`,
  ].join("\n");

const bootFiles = (...names: readonly Name[]): Files => ({
  boot: { link: "." },
  loader: { link: "loader.1" },
  "loader.1/syslinux.cfg": `DEFAULT Node ${names[0]}\n${names.map(menuEntry).join("")}`,
  ...Object.fromEntries(
    names.flatMap((name) => [
      [`ostree/node-${bootHashes[name]}/vmlinuz`, `kernel of ${name}`],
      [`ostree/node-${bootHashes[name]}/initramfs`, `initrd of ${name}`],
    ]),
  ),
});

const deployment = (name: Name): string => `ostree/deploy/node/deploy/${commits[name]}.0`;

const rootFiles = (...names: readonly Name[]): Files => ({
  "ostree/boot.1": { link: "boot.1.1" },
  ...Object.fromEntries(
    names.flatMap((name) => [
      [
        `ostree/boot.1.1/node/${bootHashes[name]}/0`,
        { link: `../../../deploy/node/deploy/${commits[name]}.0` },
      ],
      [`${deployment(name)}/usr/bin/init`, { content: `init of ${name}`, mode: 0o755 }],
      [`${deployment(name)}/usr/etc/os-release`, `VERSION=${name}\n`],
      [`${deployment(name)}/etc/os-release`, `VERSION=${name}\n`],
      [`${deployment(name)}/etc/machine-id`, "the node's own\n"],
    ]),
  ),
});

let work: TempDir;
let releases: Readonly<Record<Name, OstreeRelease>>;
beforeAll(async () => {
  work = await tempDir("ostree");
  const read = async (name: Name): Promise<OstreeRelease> =>
    readOstreeRelease(await diskOf(bootFiles(name), rootFiles(name)));
  releases = { v1: await read("v1"), v2: await read("v2") };
  return () => work[Symbol.asyncDispose]();
});

const planted = (files: Files): Readonly<Record<string, Planted>> =>
  Object.fromEntries(
    Object.entries(files).flatMap(([path, file]) => (file === undefined ? [] : [[path, file]])),
  );

const fileSystems = new Map<string, Buffer>();
const fileSystemOf = async (files: Files): Promise<Buffer> => {
  const key = JSON.stringify(planted(files));
  const known = fileSystems.get(key);
  if (known !== undefined) return known;
  await using image = await makeExt4Image(planted(files));
  const bytes = readFileSync(image.path);
  fileSystems.set(key, bytes);
  return bytes;
};

const diskOf = async (boot: Files, root: Files): Promise<string> => {
  const path = join(work.path, "disk.raw");
  await makeLabelledDisk(path, [
    { label: "boot", content: await fileSystemOf(boot) },
    { label: "root", content: await fileSystemOf(root) },
  ]);
  return path;
};

const judged = async (boot: Files, root: Files): Promise<Judgement> => {
  const path = await diskOf(boot, root);
  const oracle = ostreeBootOracle({ old: releases.v1, new: releases.v2 });
  return await withViewOf(path, (view) => oracle.judge(view));
};

const both = (changes: Files = {}): Files => ({ ...rootFiles("v2", "v1"), ...changes });
const kernelOf = (name: Name): string => `ostree/node-${bootHashes[name]}/vmlinuz`;

test("The release whose entry is the default boots, and the other one is named after it", async () => {
  expect(await judged(bootFiles("v1"), rootFiles("v1"))).toEqual({
    ...{ outcome: "old, then nothing", isWhole: "old", problems: [] },
  });
  expect(await judged(bootFiles("v2", "v1"), both())).toEqual({
    ...{ outcome: "new, then old", isWhole: "new", problems: [] },
  });
});

test.each<[string, Files, Files, string, string]>([
  ["no menu", { ...bootFiles("v2", "v1"), loader: undefined }, both(), "no menu", "no menu"],
  [
    "a link to no menu",
    { ...bootFiles("v2", "v1"), loader: { link: "loader.0" } },
    both(),
    ...(["no menu", "no menu"] as const),
  ],
  [
    "an empty menu",
    { ...bootFiles("v2", "v1"), "loader.1/syslinux.cfg": "" },
    both(),
    ...(["a menu without entries", "a menu without entries"] as const),
  ],
  [
    "an empty kernel",
    { ...bootFiles("v2", "v1"), [kernelOf("v2")]: "" },
    both(),
    ...(["broken new, then old", "entry of the new release: kernel is not the release's"] as const),
  ],
  [
    "no kernel",
    { ...bootFiles("v2", "v1"), [kernelOf("v2")]: undefined },
    both(),
    ...(["broken new, then old", "entry of the new release: kernel cannot be read"] as const),
  ],
  [
    "a program cut short",
    bootFiles("v2", "v1"),
    both({ [`${deployment("v2")}/usr/bin/init`]: { content: "init", mode: 0o755 } }),
    ...(["broken new, then old", "entry of the new release: tree is not the release's"] as const),
  ],
  [
    "a lost default of /etc",
    bootFiles("v2", "v1"),
    both({ [`${deployment("v2")}/etc/os-release`]: undefined }),
    ...(["broken new, then old", "entry of the new release: /etc/os-release is missing"] as const),
  ],
  [
    "an emptied default of /etc",
    bootFiles("v2", "v1"),
    both({ [`${deployment("v2")}/etc/os-release`]: "" }),
    ...(["broken new, then old", "entry of the new release: /etc/os-release is empty"] as const),
  ],
  [
    "a link to no deployment",
    bootFiles("v2", "v1"),
    both({ [`ostree/boot.1.1/node/${bootHashes.v2}/0`]: { link: "../../nowhere" } }),
    ...([
      "entry of no deployment, then old",
      `/ostree/boot.1/node/${bootHashes.v2}/0 leads to no deployment`,
    ] as const),
  ],
])("With %s neither release is whole", async (_, boot, root, outcome, problem) => {
  const judgement = await judged(boot, root);
  expect(judgement).toEqual({ outcome, isWhole: "neither", problems: [problem] });
});

test("Where a file system is gone, that is told and neither release is whole", async () => {
  const path = await diskOf(bootFiles("v1"), rootFiles("v1"));
  const bytes = readFileSync(path);
  const oracle = ostreeBootOracle({ old: releases.v1, new: releases.v2 });
  const judgedWithout = async (startMiB: number): Promise<Judgement> => {
    const damaged = Buffer.from(bytes).fill(0, startMiB * MiB, (startMiB + 1) * MiB);
    writeFileSync(path, damaged);
    return await withViewOf(path, (view) => oracle.judge(view));
  };
  expect(await judgedWithout(1)).toEqual({
    ...{ outcome: "no boot file system", isWhole: "neither" },
    problems: ["the boot partition has no ext4 file system", "no boot file system"],
  });
  expect(await judgedWithout(9)).toMatchObject({
    ...{ outcome: "entry of no deployment, then nothing", isWhole: "neither" },
    problems: [
      "the root partition has no ext4 file system",
      `/ostree/boot.1/node/${bootHashes.v1}/0 leads to no deployment`,
      "no entry boots",
    ],
  });
});

test("A menu that grub.cfg falls back to counts where the first is not there", async () => {
  const boot = { ...bootFiles("v1"), loader: { link: "loader.0" } };
  const menus = ["/loader/syslinux.cfg", "/loader.1/syslinux.cfg"];
  const oracle = ostreeBootOracle({ old: releases.v1, new: releases.v2, menus });
  const path = await diskOf(boot, rootFiles("v1"));
  expect(await withViewOf(path, (view) => oracle.judge(view))).toMatchObject({ isWhole: "old" });
});

test("Where no entry boots, that is told", async () => {
  const boot = { ...bootFiles("v1"), [kernelOf("v1")]: "another kernel" };
  expect((await judged(boot, rootFiles("v1"))).problems).toEqual([
    "entry of the old release: kernel is not the release's",
    "no entry boots",
  ]);
});
