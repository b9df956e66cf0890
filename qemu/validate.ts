import { existsSync } from "node:fs";
import { type KvmDevice, openKvmDevice } from "./kvm-device.ts";
import type { MachineSpec } from "./machine-spec.ts";
import type { Problem } from "./problem.ts";
import { channelProblems } from "./validate-channels.ts";
import { credentialProblems } from "./validate-credentials.ts";
import { blockProblems } from "./validate-disks.ts";
import { networkProblems } from "./validate-network.ts";

/** What validation asks of the host; replaced in tests. */
export interface HostView {
  readonly fileExists: (path: string) => boolean;
  readonly openKvm: () => KvmDevice;
}

const realHost: HostView = { fileExists: existsSync, openKvm: openKvmDevice };

/** Everything that would keep QEMU from starting this machine, or make it another machine than the spec says. */
export const validateMachineSpec = (
  spec: MachineSpec,
  host: HostView = realHost,
): readonly Problem[] => [
  ...identityProblems(spec),
  ...cpuProblems(spec, host),
  ...memoryProblems(spec),
  ...bootProblems(spec, host),
  ...blockProblems(spec.disks, host.fileExists),
  ...channelProblems(spec),
  ...credentialProblems(spec.credentials),
  ...networkProblems(spec.network),
  ...countingProblems(spec),
];

const identityProblems = ({ name, seed }: MachineSpec): readonly Problem[] => [
  ...when(!/^[A-Za-z0-9._-]{1,50}$/.test(name), {
    path: "name",
    message: `Expected 1 to 50 characters of a-z A-Z 0-9 . _ -, saw ${JSON.stringify(name)}`,
    remedy: "Choose a plain name",
  }),
  ...when(seed !== undefined && !isWhole(seed, 0, 2 ** 32 - 1), {
    path: "seed",
    message: `Expected a whole number from 0 to 4294967295, saw ${seed}`,
    remedy: "Leave the seed out, or take a number in that range",
  }),
];

const countingProblems = ({ counting, accel, cpu, seed }: MachineSpec): readonly Problem[] =>
  counting === undefined
    ? []
    : [
        ...when(accel !== "tcg", {
          path: "counting",
          message: "Instructions are counted by the emulator, and the accelerator is kvm",
          remedy: "Take --accel tcg, or measure with --measure wall",
        }),
        ...when(cpu.count !== 1, {
          path: "cpu.count",
          message: `Expected 1 virtual CPU where instructions are counted, saw ${cpu.count}`,
          remedy: "Take 1: several run in an order that changes from boot to boot",
        }),
        ...when(seed === undefined, {
          path: "seed",
          message: "Expected a seed where instructions are counted, saw none",
          remedy: "Give one: the guest's random numbers decide what it executes",
        }),
      ];

const cpuProblems = ({ accel, cpu }: MachineSpec, host: HostView): readonly Problem[] => {
  const kvm = accel === "kvm" ? host.openKvm() : undefined;
  return [
    ...when(!isWhole(cpu.count, 1, 255), {
      path: "cpu.count",
      message: `Expected 1 to 255 virtual CPUs, saw ${cpu.count}`,
      remedy: "Take a count in that range",
    }),
    ...when(!/^[A-Za-z0-9][\w.-]*(,[+-]?[\w.-]+(=[\w.-]+)?)*$/.test(cpu.model), {
      path: "cpu.model",
      message: `Expected a QEMU CPU model with optional flags, saw ${JSON.stringify(cpu.model)}`,
      remedy: "Take a name that `qemu-system-x86_64 -cpu help` lists",
    }),
    ...when(accel === "tcg" && cpu.model.split(",")[0] === "host", {
      path: "cpu.model",
      message: "CPU model host needs KVM, and the accelerator is tcg",
      remedy: "Use Nehalem under tcg",
    }),
    ...when(kvm?.isOpenable === false, {
      path: "accel",
      message: `KVM was asked for, but ${kvm?.isOpenable === false ? kvm.reason : ""}`,
      remedy: "Give this user access to /dev/kvm (group kvm), or run with --accel tcg",
    }),
  ];
};

const memoryProblems = ({ memoryMiB }: MachineSpec): readonly Problem[] =>
  when(!isWhole(memoryMiB, 64, 1_048_576), {
    path: "memoryMiB",
    message: `Expected 64 to 1048576 MiB in whole MiB, saw ${memoryMiB}`,
    remedy: "Take a size in that range",
  });

const bootProblems = ({ boot }: MachineSpec, host: HostView): readonly Problem[] => {
  const files =
    boot.kind === "kernel"
      ? { kernel: boot.kernel, initrd: boot.initrd }
      : boot.firmware === "uefi"
        ? { code: boot.code, vars: boot.vars }
        : {};
  return [
    ...Object.entries(files).flatMap(([key, path]) =>
      when(path !== undefined && !host.fileExists(path), {
        path: `boot.${key}`,
        message: `No file at ${path}`,
        remedy: key === "code" ? "Run ci/setup" : "Give the path of an existing file",
      }),
    ),
    // The kernel's own limit on x86 (COMMAND_LINE_SIZE in arch/x86/include/asm/setup.h).
    ...when(boot.kind === "kernel" && Buffer.byteLength(boot.commandLine) > 2047, {
      path: "boot.commandLine",
      message: "Expected at most 2047 bytes, the limit of Linux on x86",
      remedy: "Shorten the kernel command line",
    }),
  ];
};

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;

/** The problem if the condition holds. */
const when = (holds: boolean, problem: Problem): readonly Problem[] => (holds ? [problem] : []);
