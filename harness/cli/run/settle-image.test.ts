// Images in the shape of ContainerOS, of which we have none: what is public of it, on file systems of a few MiB.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveImage } from "../../../images/catalog.ts";
import { tempDir } from "../../core/tmp.ts";
import { MiB } from "../../core/units.ts";
import { makeExt4Image, type Planted } from "../../inspect/testing/ext4-image.ts";
import { makePartitionedDisk } from "../../inspect/testing/partitioned-disk.ts";
import { prepareImage } from "../../machine/prepare-image.ts";
import { withImageFile } from "../image-file-option.ts";
import { withProfileOption } from "../profile-option.ts";
import { chooseInjection } from "./choose-injection.ts";
import { identifyImage } from "./identify-image.ts";
import { settleImage } from "./settle-image.ts";

type Files = Readonly<Record<string, Planted>>;

const node: Files = {
  "usr/lib/os-release": 'NAME=x\nPRETTY_NAME="Alibaba Cloud Linux Lifsea (ContainerOS) 3"\n',
  "usr/etc/os-release": { link: "../lib/os-release" },
  "usr/lib/systemd/libsystemd-shared-239.so": "",
};
const withRpmOstree: Files = { ...node, "usr/bin/rpm-ostree": "" };
const deployed = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files).map(([path, planted]) => [
      `ostree/deploy/lifsea/deploy/${"c0".repeat(32)}.0/${path}`,
      planted,
    ]),
  );
const overlay: Files = { upper: { directory: true }, work: { directory: true } };
const other: Files = { "some/file": "" };

const blank = Buffer.alloc(MiB);

interface ImageFile extends AsyncDisposable {
  readonly path: string;
}

/** A file with partitions that hold these files. */
const imageFile = async (...partitions: readonly (Files | Buffer)[]): Promise<ImageFile> => {
  await using parts = new AsyncDisposableStack();
  const paths: string[] = [];
  const { path: directory } = parts.use(await tempDir());
  for (const [index, content] of partitions.entries()) {
    if (Buffer.isBuffer(content)) {
      paths.push(join(directory, String(index)));
      writeFileSync(join(directory, String(index)), content);
    } else paths.push(parts.use(await makeExt4Image(content)).path);
  }
  return await makePartitionedDisk(paths);
};

/** What becomes of `containeros` with this file. */
const settle = async ({ path }: ImageFile, options: { readonly profile?: string } = {}) => {
  const given = withImageFile(resolveImage("containeros"), { imageFile: path });
  const resolved = withProfileOption(given, options);
  const { files } = await prepareImage(resolved, {
    agentPath: () => Promise.reject(new Error("nothing is built")),
    onLine: () => undefined,
  });
  const { manifest, profile, known, notes } = settleImage(resolved, await identifyImage(files));
  const injection = chooseInjection(manifest, known);
  return {
    profile: profile.name,
    suites: manifest.suites,
    rootPartition: manifest.systemDisk === "none" ? "none" : manifest.systemDisk.rootPartition,
    injection: injection.strategy,
    etcLayer: manifest.agent.etcLayer,
    why: injection.strategy === "none" ? injection.reason : injection.note,
    notes,
  };
};
const reasonOf = (image: ImageFile, options: { readonly profile?: string } = {}): Promise<string> =>
  settle(image, options).then(
    () => "it was settled",
    (error: unknown) => String(error),
  );

test("an image in the shape of ContainerOS 3.5 is told by what is in it", async () => {
  await using image = await imageFile(blank, blank, blank, deployed(node), overlay);
  expect(await settle(image)).toEqual({
    profile: "containeros-3.5",
    suites: [
      "boot-time",
      "data-disk",
      "identity",
      "minimal-os",
      "preloaded-images",
      "read-only-root",
    ],
    rootPartition: { number: 4 },
    injection: "etc-unit",
    etcLayer: { on: { kind: "partition", partition: { number: 5 } }, directory: "/upper" },
    why: "The agent gets in by etc-unit: the image's systemd 239 makes no units of credentials, which 256 was the first to do",
    notes: [
      'Profile containeros-3.5: os-release in partition 4 has PRETTY_NAME="Alibaba Cloud Linux Lifsea (ContainerOS) 3", /usr/bin/rpm-ostree is not there',
    ],
  });
});

test("rpm-ostree makes it 3.4; without a layer of /etc that can be told, no agent gets in", async () => {
  await using image = await imageFile(blank, deployed(withRpmOstree));
  expect(await settle(image)).toMatchObject({
    profile: "containeros-3.4",
    rootPartition: { number: 2 },
    injection: "none",
    etcLayer: undefined,
    why: "the image's systemd 239 makes no units of credentials, which 256 was the first to do; in partition 5 one upper directory of an overlay was looked for, and none was found",
  });
});

test("--profile takes one of another version with a note, and refuses one of another system", async () => {
  await using image = await imageFile(deployed(withRpmOstree));
  expect(await settle(image, { profile: "containeros-3.5" })).toMatchObject({
    profile: "containeros-3.5",
    notes: [
      "Profile containeros-3.5 was named, although its rules say otherwise: /usr/bin/rpm-ostree is there",
    ],
  });
  expect(await settle(image, { profile: "generic" })).toMatchObject({
    profile: "generic",
    suites: ["boot-time"],
    notes: [],
  });
  expect(await reasonOf(image, { profile: "reference" })).toMatchInlineSnapshot(
    `"ConfigError: Profile reference is for another system than the one in containeros: os-release in partition 1 has PRETTY_NAME="Alibaba Cloud Linux Lifsea (ContainerOS) 3""`,
  );
});

test("an image that no profile fits is refused with what was read, in words that no terminal obeys", async () => {
  await using odd = await imageFile({
    "etc/os-release": `ID=odd\nPRETTY_NAME="Odd \u001b[2J${"x".repeat(5000)}"\n`,
    "usr/bin/x": "",
  });
  expect(await reasonOf(odd)).toMatchInlineSnapshot(
    `"ConfigError: Expected one profile for containeros, but the rules of no profile fit: os-release in partition 1 has ID="odd", PRETTY_NAME="$'Odd \\x1b[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (500 characters)""`,
  );
});

test("an image without a root that can be read has neither a profile nor a root partition", async () => {
  const xfs = Buffer.concat([Buffer.from("XFSB"), blank.subarray(4)]);
  await using image = await imageFile(other, xfs);
  expect(await reasonOf(image)).toMatchInlineSnapshot(
    `"ConfigError: Expected one profile for containeros, but the rules of no profile fit: no root of an operating system was found in its file; partition 2 (xfs): this version lists ext2, ext3, ext4 and vfat, not xfs"`,
  );
  expect(await reasonOf(image, { profile: "generic" })).toMatchInlineSnapshot(
    `"ImageError: Expected one partition with the root of an operating system in containeros, but found none; partition 2 (xfs): this version lists ext2, ext3, ext4 and vfat, not xfs"`,
  );
});

test("two systems on one disk are no guess: neither for the profile nor for the root partition", async () => {
  const plain = (files: Files): Files => ({ ...files, "etc/os-release": "ID=lifsea\n" });
  await using image = await imageFile(plain(node), plain(withRpmOstree));
  expect(await reasonOf(image)).toMatchInlineSnapshot(
    `"ConfigError: Expected one profile for containeros, but the rules of more than one may fit (containeros-3.5, containeros-3.4): os-release in partition 1 has ID="lifsea", /usr/bin/rpm-ostree is not there; os-release in partition 2 has ID="lifsea", /usr/bin/rpm-ostree is there"`,
  );
  expect(await reasonOf(image, { profile: "containeros-3.5" })).toMatchInlineSnapshot(
    `"ImageError: Expected one partition with the root of an operating system in containeros, but found 2: partitions 1, 2"`,
  );
});

test("a bare file is of the profile that fits, and else of none", async () => {
  const bare = async (...files: readonly Files[]) => {
    await using disk = await imageFile(...files);
    // An MBR's program, or no firmware boots it.
    writeFileSync(disk.path, "\x90", { flag: "r+" });
    const resolved = resolveImage(disk.path);
    const { profile, identity, notes } = settleImage(
      resolved,
      await identifyImage({ kind: "disk", path: disk.path, format: "raw" }),
    );
    return { profile: profile.name, partition: identity?.partition, notes };
  };
  expect([
    await bare({ ...node, "etc/os-release": { link: "../usr/lib/os-release" } }),
    await bare({ "etc/os-release": "ID=debian\nVARIANT_ID=traditional\n" }),
    await bare({ "etc/os-release": "ID=debian\n" }),
    await bare(other),
    await bare({ "etc/os-release": "ID=debian\n" }, { "etc/os-release": "ID=debian\n" }),
  ]).toMatchInlineSnapshot(`
    [
      {
        "notes": [
          "Profile containeros-3.5: os-release in partition 1 has PRETTY_NAME="Alibaba Cloud Linux Lifsea (ContainerOS) 3", /usr/bin/rpm-ostree is not there",
          "Profile containeros-3.5 promises a data disk for /var, which this machine does not have: give the image a manifest, or see \`bootwright images list\`",
        ],
        "partition": 1,
        "profile": "containeros-3.5",
      },
      {
        "notes": [
          "Profile traditional: os-release in partition 1 has ID="debian", VARIANT_ID="traditional"",
        ],
        "partition": 1,
        "profile": "traditional",
      },
      {
        "notes": [
          "Profile generic, no promise is judged: the rules of no profile fit: os-release in partition 1 has ID="debian"",
        ],
        "partition": 1,
        "profile": "generic",
      },
      {
        "notes": [
          "Profile generic, no promise is judged: the rules of no profile fit: no root of an operating system was found in its file",
        ],
        "partition": undefined,
        "profile": "generic",
      },
      {
        "notes": [
          "Profile generic, no promise is judged: the rules of no profile fit: os-release in partition 1 has ID="debian"; os-release in partition 2 has ID="debian"",
          "Found 2 roots of operating systems, and nothing says which of them boots: partitions 1, 2; state systemDisk.rootPartition in a manifest",
        ],
        "partition": undefined,
        "profile": "generic",
      },
    ]
  `);
});
