import { expect, test } from "vitest";
import { identifySystem } from "./identify-system.ts";
import { makeExt4Image, type Planted } from "./testing/ext4-image.ts";

const identify = async (files: Readonly<Record<string, Planted>>) => {
  await using image = await makeExt4Image(files);
  return await identifySystem(image.path, image.workDir);
};

const system: Readonly<Record<string, Planted>> = {
  "usr/lib/os-release": "ID=lifsea\nVERSION_ID=3\n",
  "etc/os-release": { link: "../usr/lib/os-release" },
  lib: { link: "usr/lib" },
  "usr/lib/systemd/libsystemd-shared-239.so": "",
  "usr/bin/rpm-ostree": "",
  "usr/bin/outside": { link: "/etc/shadow" },
};

test("os-release and the version of systemd are read, and paths are looked up inside of the image", async () => {
  const { has, ...seen } = (await identify(system)) ?? { has: () => undefined };
  expect(seen).toEqual({
    partition: 0,
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
  const seen = await identify({
    "etc/os-release": "ID=x\n",
    [`usr/lib/x86_64-linux-gnu/systemd/${name}`]: "",
  });
  expect(seen?.systemdVersion).toBe(version);
});

test("a root without os-release has no fields; without a root nothing is known", async () => {
  const seen = await identify({ "etc/x": "", "usr/bin/x": "", "usr/lib/x": "" });
  expect([seen?.osRelease, await identify({ "some/file": "" })]).toEqual([{}, undefined]);
});

test("an os-release without end is cut, not believed", async () => {
  const many = Array.from({ length: 1000 }, (_, n) => `KEY${n}=${"x".repeat(900)}`).join("\n");
  const seen = await identify({ "etc/os-release": many });
  const values = Object.values(seen?.osRelease ?? {});
  expect([values.length, Math.max(...values.map((value) => value.length))]).toEqual([64, 500]);
});
