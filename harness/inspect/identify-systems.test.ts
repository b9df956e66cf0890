import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { identifySystems } from "./identify-systems.ts";
import { makeExt4Image, type Planted } from "./testing/ext4-image.ts";
import { makePartitionedDisk } from "./testing/partitioned-disk.ts";

const identify = async (files: Readonly<Record<string, Planted>>) => {
  await using image = await makeExt4Image(files);
  return await identifySystems(image.path, image.workDir);
};
const systemIn = async (files: Readonly<Record<string, Planted>>) =>
  (await identify(files)).systems[0];

const system: Readonly<Record<string, Planted>> = {
  "usr/lib/os-release": "ID=lifsea\nVERSION_ID=3\n",
  "etc/os-release": { link: "../usr/lib/os-release" },
  lib: { link: "usr/lib" },
  "usr/lib/systemd/libsystemd-shared-239.so": "",
  "usr/bin/rpm-ostree": "",
  "usr/bin/outside": { link: "/etc/shadow" },
};

test("os-release and the version of systemd are read, and paths are looked up inside of the image", async () => {
  const { has, ...seen } = (await systemIn(system)) ?? { has: () => undefined };
  expect(seen).toEqual({
    partition: 0,
    isDeployment: false,
    osRelease: { ID: "lifsea", VERSION_ID: "3" },
    systemdVersion: 239,
  });
  expect(
    ["/usr/bin/rpm-ostree", "/usr/bin/sh", "/usr/bin/outside", "/lib/systemd"].map(has),
  ).toEqual([true, false, false, true]);
});

test.each([
  ["libsystemd-shared-257.so", 257],
  ["libsystemd-shared-257.13-1.so", 257],
  ["libsystemd-shared-239-4.lifsea8.so", 239],
  ["libsystemd-shared-2570.so", undefined],
  ["libsystemd-core-257.so", undefined],
])("the version of %s is %s", async (name, version) => {
  const seen = await systemIn({
    "etc/os-release": "ID=x\n",
    [`usr/lib/x86_64-linux-gnu/systemd/${name}`]: "",
  });
  expect(seen?.systemdVersion).toBe(version);
});

test("a root without os-release has no fields; without a root nothing is known", async () => {
  const seen = await systemIn({ "etc/x": "", "usr/bin/x": "", "usr/lib/x": "" });
  expect([seen?.osRelease, await identify({ "some/file": "" })]).toEqual([
    {},
    { systems: [], partitions: [{ index: 0, label: "", overlayUppers: [] }], unread: [] },
  ]);
});

test("an os-release without end is cut, not believed", async () => {
  const many = Array.from({ length: 1000 }, (_, n) => `KEY${n}=${"x".repeat(900)}`).join("\n");
  const seen = await systemIn({ "etc/os-release": many });
  const values = Object.values(seen?.osRelease ?? {});
  expect([values.length, Math.max(...values.map((value) => value.length))]).toEqual([64, 500]);
});

const deployment = `ostree/deploy/os/deploy/${"0a".repeat(32)}.0`;

test("a deployment is taken before a plain root that lies before it, and an overlay's upper directory is seen", async () => {
  await using plain = await makeExt4Image(system);
  await using ostree = await makeExt4Image({
    [`${deployment}/usr/lib/os-release`]: "ID=ostree\n",
    [`${deployment}/usr/etc/os-release`]: { link: "../lib/os-release" },
  });
  await using metadata = await makeExt4Image({
    "upper/passwd": "",
    "work/work": { directory: true },
  });
  await using unknown = await makeExt4Image({}, ["-t", "ext2"]);
  writeFileSync(unknown.path, "XFSB", { flag: "r+" });
  await using disk = await makePartitionedDisk(
    [plain, ostree, metadata, unknown].map(({ path }) => path),
  );
  const { systems, partitions, unread } = await identifySystems(disk.path, disk.workDir);
  expect({
    roots: systems.map(({ partition, isDeployment, osRelease }) => [
      partition,
      isDeployment,
      osRelease["ID"],
    ]),
    partitions: partitions.map(({ overlayUppers }) => overlayUppers),
    unread,
  }).toEqual({
    roots: [
      [2, true, "ostree"],
      [1, false, "lifsea"],
    ],
    partitions: [[], [], [], []],
    unread: ["partition 4 (xfs): this version lists ext2, ext3, ext4 and vfat, not xfs"],
  });
});
