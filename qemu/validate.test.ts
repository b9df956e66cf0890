import { expect, test } from "vitest";
import { exampleSpec } from "./testing/example-spec.ts";
import { type HostView, validateMachineSpec } from "./validate.ts";

const goodHost: HostView = { fileExists: () => true, openKvm: () => ({ isOpenable: true }) };

const rendered = (spec: Parameters<typeof validateMachineSpec>[0], host = goodHost): string =>
  validateMachineSpec(spec, host)
    .map(({ path, message, remedy }) => `${path}: ${message}. ${remedy}.`)
    .join("\n");

test("a good spec has no problems", () => {
  const disk = { path: "/d", format: "raw", readOnly: true } as const;
  const spec = exampleSpec({
    disks: [
      { id: "system", serial: "x".repeat(20), ...disk, bootIndex: 0 },
      { id: "data", serial: "data", ...disk },
    ],
    ports: [{ name: "org.bootwright.agent", socketPath: "/run/x/agent.sock" }],
    credentials: [{ name: "systemd.unit-dropin.multi-user.target~agent", value: "[Unit]\n" }],
    cpu: { model: "Nehalem,-cx16", count: 1 },
    seed: 0,
  });
  expect(validateMachineSpec(spec, goodHost)).toEqual([]);
});

test("every problem is told at once, with its path and remedy", () => {
  const disk = { path: "/missing", format: "raw", readOnly: false } as const;
  const spec = exampleSpec({
    name: "a b",
    accel: "kvm",
    cpu: { model: "host,", count: 0 },
    memoryMiB: 63.5,
    boot: { kind: "kernel", kernel: "/missing", commandLine: "x".repeat(2048) },
    disks: [
      { id: "1", serial: "s".repeat(21), ...disk, bootIndex: 0 },
      { id: "a", serial: "d ö", ...disk, bootIndex: 0, backing: { path: "/b", format: "raw" } },
      { id: "a", serial: "d ö", ...disk, bootIndex: -1 },
    ],
    console: { pipePath: `/${"x".repeat(107)}` },
    ports: [
      { name: "", socketPath: "/run/x/qmp.sock" },
      { name: "p,q", socketPath: "relative.sock" },
    ],
    credentials: [
      { name: "a:b", value: "x".repeat(50_000) },
      { name: "a:b", value: "" },
    ],
    seed: -1,
  });
  const host: HostView = {
    fileExists: () => false,
    openKvm: () => ({ isOpenable: false, reason: "/dev/kvm does not exist" }),
  };
  expect(rendered(spec, host)).toMatchInlineSnapshot(`
    "name: Expected 1 to 50 characters of a-z A-Z 0-9 . _ -, saw "a b". Choose a plain name.
    seed: Expected a whole number from 0 to 4294967295, saw -1. Leave the seed out, or take a number in that range.
    cpu.count: Expected 1 to 255 virtual CPUs, saw 0. Take a count in that range.
    cpu.model: Expected a QEMU CPU model with optional flags, saw "host,". Take a name that \`qemu-system-x86_64 -cpu help\` lists.
    accel: KVM was asked for, but /dev/kvm does not exist. Give this user access to /dev/kvm (group kvm), or run with --accel tcg.
    memoryMiB: Expected 64 to 1048576 MiB in whole MiB, saw 63.5. Take a size in that range.
    boot.kernel: No file at /missing. Give the path of an existing file.
    boot.commandLine: Expected at most 2047 bytes, the limit of Linux on x86. Shorten the kernel command line.
    disks[0].id: Expected a letter and up to 19 of a-z A-Z 0-9 . _ -, saw "1". Choose a plain id.
    disks[0].serial: Expected at most 20 bytes, saw 21: "sssssssssssssssssssss". Shorten the serial.
    disks[0].path: No file at /missing. Give the path of an existing file.
    disks[1].serial: Expected characters of a-z A-Z 0-9 . _ -, saw "d ö". Choose a plain serial.
    disks[1].path: No file at /missing. Give the path of an existing file.
    disks[1].backing: A raw file has no backing file. Make a qcow2 overlay with createOverlay.
    disks[1].backing.path: No file at /b. Give the path of an existing file.
    disks[2].serial: Expected characters of a-z A-Z 0-9 . _ -, saw "d ö". Choose a plain serial.
    disks[2].path: No file at /missing. Give the path of an existing file.
    disks[2].bootIndex: Expected a whole number from 0, saw -1. Give the boot disk bootIndex 0.
    disks[2].id: "a" is used by disks[1].id already. Give each its own.
    disks[2].serial: "d ö" is used by disks[1].serial already. Give each its own.
    disks[1].bootIndex: 0 is used by disks[0].bootIndex already. Give each its own.
    disks[1].path: "/missing" is used by disks[0].path already. Give each its own.
    disks[2].path: "/missing" is used by disks[0].path already. Give each its own.
    console.pipePath: Expected an absolute path of at most 107 bytes, saw 108: /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx. Set TMPDIR to a shorter directory.
    ports[1].socketPath: Expected an absolute path of at most 107 bytes, saw 13: relative.sock. Set TMPDIR to a shorter directory.
    ports[0].socketPath: "/run/x/qmp.sock" is used by qmpSocketPath already. Give each its own.
    ports[0].name: Expected 1 to 60 characters of a-z A-Z 0-9 . _ -, saw "". Choose a plain port name, as in org.bootwright.agent.
    ports[1].name: Expected 1 to 60 characters of a-z A-Z 0-9 . _ -, saw "p,q". Choose a plain port name, as in org.bootwright.agent.
    credentials[0].name: Expected 1 to 255 characters of a-z A-Z 0-9 . _ @ ~ -, saw "a:b". Choose a name that systemd accepts as a credential.
    credentials[1].name: Expected 1 to 255 characters of a-z A-Z 0-9 . _ @ ~ -, saw "a:b". Choose a name that systemd accepts as a credential.
    credentials[1].name: "a:b" is used by credentials[0].name already. Give each its own.
    credentials: Expected at most 61440 bytes of SMBIOS strings, saw 66736. Put large content on a read-only disk instead."
  `);
});

test("the host's CPU model is refused under emulation", () => {
  expect(rendered(exampleSpec({ cpu: { model: "host", count: 1 } }))).toBe(
    "cpu.model: CPU model host needs KVM, and the accelerator is tcg. Use Nehalem under tcg.",
  );
});

test("a missing variable store and firmware are told apart", () => {
  const spec = exampleSpec({
    boot: { kind: "firmware", firmware: "uefi", code: "/code", vars: "/vars", secureBoot: true },
  });
  expect(rendered(spec, { ...goodHost, fileExists: () => false })).toMatchInlineSnapshot(`
    "boot.code: No file at /code. Run ci/setup.
    boot.vars: No file at /vars. Give the path of an existing file."
  `);
});

test("instructions are counted only where each boot can execute the same ones", () => {
  const counting = { pluginPath: "/p.so", countsPath: "/counts" };
  expect(rendered(exampleSpec({ accel: "kvm", counting }))).toMatchInlineSnapshot(`
    "counting: Instructions are counted by the emulator, and the accelerator is kvm. Take --accel tcg, or measure with --measure wall.
    cpu.count: Expected 1 virtual CPU where instructions are counted, saw 2. Take 1: several run in an order that changes from boot to boot.
    seed: Expected a seed where instructions are counted, saw none. Give one: the guest's random numbers decide what it executes."
  `);
});
