import { expect, test } from "vitest";
import type { Tool } from "../../qemu/toolchain.ts";
import { etcUnitEntries } from "../agent/injection/etc-unit.ts";
import { type EtcTarget, etcDirectories, etcUnitWork } from "./etc-unit-work.ts";

const qemuImg: Tool = {
  file: "qemu-img",
  prefixArgs: [],
  env: {},
  version: { major: 10, minor: 0, micro: 0, text: "10.0.0" },
};

const workOn = (target: EtcTarget) => {
  const work = etcUnitWork(target, etcUnitEntries("port"), qemuImg);
  return [
    ...work.files.map(({ name }) => `file ${name}`),
    ...[...work.fetch, ...work.change].map(({ argv, highestGoodExitCode = 0 }) => {
      const [program = "", ...args] = argv;
      return `${program.replace(/^.*\//, "")} ${args.join(" ")} (to ${highestGoodExitCode})`;
    }),
    `makes ${work.makes.join(", ")}`,
  ];
};

test("a data disk is formatted so that old kernels can mount it, and the units are written", () => {
  const place = { kind: "disk", serial: "meta", directory: "/etc" } as const;
  expect(workOn({ place, sizeBytes: 1024 })).toMatchInlineSnapshot(`
    [
      "file systemd_system_bootwright-agent.service",
      "file systemd_system_run-bootwright-agent.mount",
      "file etc-layer.debugfs",
      "qemu-img create -q -f raw etc-layer.raw 1024 (to 0)",
      "mke2fs -q -F -t ext4 -O ^orphan_file -L meta etc-layer.raw (to 0)",
      "debugfs -w -f etc-layer.debugfs etc-layer.raw (to 0)",
      "makes etc-layer.raw",
    ]
  `);
});

test("a partition is copied, mended, written, proved sound, and put into the overlay", () => {
  const place = {
    kind: "partition",
    index: 5,
    label: "etc",
    startByte: 4096,
    sizeBytes: 8192,
    directory: "/",
  } as const;
  const image = { path: "/images/a.qcow2", format: "qcow2" } as const;
  const overlay = { path: "/run/system.qcow2", format: "qcow2" } as const;
  expect(workOn({ place, image, overlay })).toMatchInlineSnapshot(`
    [
      "file systemd_system_bootwright-agent.service",
      "file systemd_system_run-bootwright-agent.mount",
      "file etc-layer.debugfs",
      "qemu-img convert -q -U --image-opts driver=raw,offset=4096,size=8192,file.driver=qcow2,file.file.driver=file,file.file.filename=/images/a.qcow2 -O raw etc-layer.raw (to 0)",
      "e2fsck -p etc-layer.raw (to 1)",
      "debugfs -w -f etc-layer.debugfs etc-layer.raw (to 0)",
      "e2fsck -f -n etc-layer.raw (to 0)",
      "qemu-img convert -q -n -f raw etc-layer.raw --target-image-opts driver=raw,offset=4096,size=8192,file.driver=qcow2,file.file.driver=file,file.file.filename=/run/system.qcow2 (to 0)",
      "makes ",
    ]
  `);
});

test("debugfs makes each directory on the way, parents first, and replaces what is there", () => {
  const place = { kind: "disk", serial: "meta", directory: "/a/b" } as const;
  const { files } = etcUnitWork({ place, sizeBytes: 1 }, etcUnitEntries("port"), qemuImg);
  expect(files.at(-1)?.text).toMatchInlineSnapshot(`
    "mkdir /a
    mkdir /a/b
    mkdir /a/b/systemd
    mkdir /a/b/systemd/system
    mkdir /a/b/systemd/system/multi-user.target.wants
    rm /a/b/systemd/system/bootwright-agent.service
    write systemd_system_bootwright-agent.service /a/b/systemd/system/bootwright-agent.service
    set_inode_field /a/b/systemd/system/bootwright-agent.service mode 0100644
    set_inode_field /a/b/systemd/system/bootwright-agent.service uid 0
    set_inode_field /a/b/systemd/system/bootwright-agent.service gid 0
    rm /a/b/systemd/system/run-bootwright-agent.mount
    write systemd_system_run-bootwright-agent.mount /a/b/systemd/system/run-bootwright-agent.mount
    set_inode_field /a/b/systemd/system/run-bootwright-agent.mount mode 0100644
    set_inode_field /a/b/systemd/system/run-bootwright-agent.mount uid 0
    set_inode_field /a/b/systemd/system/run-bootwright-agent.mount gid 0
    rm /a/b/systemd/system/multi-user.target.wants/bootwright-agent.service
    symlink /a/b/systemd/system/multi-user.target.wants/bootwright-agent.service ../bootwright-agent.service
    "
  `);
  expect(etcDirectories("/", [{ kind: "link", path: "c/d/e", target: "f" }])).toEqual([
    "/c",
    "/c/d",
  ]);
});
