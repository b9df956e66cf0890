// What a machine is, as plain data. Why not libvirt's XML or QEMU's own config file? A daemon, its polkit rules and its
// defaults would stand between a failing boot and the argv that repeats it; and `-readconfig` knows only part of the
// options. `toArgv(spec)` is pure, so the same spec gives the same QEMU anywhere. What would change our mind: QEMU
// growing a complete, versioned machine description of its own.
import { join } from "node:path";

/** One QEMU machine, complete: nothing is added behind the caller's back and nothing is taken from the host's config. */
export interface MachineSpec {
  /** 1 to 50 characters of `a-z A-Z 0-9 . _ -`; shown in `ps`, in reports and in error texts. */
  readonly name: string;
  readonly accel: "kvm" | "tcg";
  readonly machineType: "q35";
  readonly cpu: Cpu;
  /** 64 to 1,048,576 MiB. */
  readonly memoryMiB: number;
  readonly boot: Boot;
  /** In the order in which the PCI slots are given out. Guests must find them by serial, never by letter. */
  readonly disks: readonly Disk[];
  readonly console: Console;
  readonly ports: readonly Port[];
  readonly credentials: readonly Credential[];
  /** A TPM 2.0 of the machine's own. Default: none. */
  readonly tpm?: Tpm;
  /** An i6300esb, which resets a guest that has armed it and falls silent. Default: none. */
  readonly hasWatchdog?: boolean;
  /** Unix socket on which QEMU serves QMP; at most 107 bytes. */
  readonly qmpSocketPath: string;
  readonly network: Network;
  /** What a guest's reboot does: `reset` boots again in the same process, `exit` ends QEMU. */
  readonly onReboot: "reset" | "exit";
  /** Default: not counted. */
  readonly counting?: InstructionCounting;
  /** Seeds QEMU's own guest-visible randomness (virtio-rng, rng-seed, CPU identification); 0 to 2^32-1. */
  readonly seed?: number;
}

/**
 * A machine whose instructions are counted, and which executes the same ones in each boot: its time is their number, its clock
 * begins at a fixed date, and it stands still while a device works. Needs `tcg`, one CPU and a `seed`.
 */
export interface InstructionCounting {
  /** The plugin that `buildPlugin` made. */
  readonly pluginPath: string;
  /** File that gets the counts: qemu/plugin/count-instructions.c says what stands in it. */
  readonly countsPath: string;
}

export interface Cpu {
  /** A QEMU model with optional flags, as in `Nehalem` or `Nehalem,-cx16`. */
  readonly model: string;
  /** Virtual CPUs, 1 to 255. */
  readonly count: number;
}

export type Boot = BiosBoot | UefiBoot | KernelBoot;

/** The image's own boot loader, started by SeaBIOS. */
interface BiosBoot {
  readonly kind: "firmware";
  readonly firmware: "bios";
}

/** The image's own boot loader, started by OVMF (see `findUefiFirmware`). */
export interface UefiBoot {
  readonly kind: "firmware";
  readonly firmware: "uefi";
  /** Firmware executable, raw, shared and never written. */
  readonly code: string;
  /** This machine's own copy of the variable store, raw, written by the guest. */
  readonly vars: string;
  /**
   * Only code in system management mode can write the flash, so that no guest forges the keys. `code` must be built for
   * this, and checks signatures when `vars` has keys enrolled.
   */
  readonly secureBoot: boolean;
}

/** A kernel loaded by QEMU; the only kind of boot whose command line is ours. */
interface KernelBoot {
  readonly kind: "kernel";
  readonly kernel: string;
  readonly initrd?: string;
  readonly commandLine: string;
}

export interface Disk {
  /** Names the block node in QMP; 1 to 20 characters of `a-z A-Z 0-9 . _ -`, a letter first. */
  readonly id: string;
  /** What the guest sees as /dev/disk/by-id/virtio-SERIAL: 1 to 20 bytes of `a-z A-Z 0-9 . _ -`. */
  readonly serial: string;
  readonly path: string;
  /** Stated, never probed: a guest that writes a qcow2 header into a raw disk must not be believed. */
  readonly format: "raw" | "qcow2";
  readonly readOnly: boolean;
  /** The chain below a qcow2 overlay that we made ourselves. Without it no backing file is opened, whatever the header says. */
  readonly backing?: Backing;
  /** Place in the firmware's boot order, from 0. */
  readonly bootIndex?: number;
  /** Whether a guest's discard frees space in the file. Default: ignored. */
  readonly discard?: boolean;
  /** An empty file that gets every write, flush and discard of the guest, its firmware and its loader (blklogwrites). */
  readonly writeLogPath?: string;
  /** Of a raw disk: a vmdk descriptor of its file, by which requests are worked off one after the other. Default: together. */
  readonly descriptorPath?: string;
  /** Default: every write succeeds. */
  readonly writeFault?: WriteFault;
}

/** From some point on each write to the disk fails; what is flushed or read succeeds. */
export interface WriteFault {
  /** Writes that still succeed, 0 to 1,000. */
  readonly afterWrites: number;
  readonly error: "io" | "no-space";
}

export interface Backing {
  readonly path: string;
  readonly format: "raw" | "qcow2";
  readonly backing?: Backing;
}

/** The first serial line (ttyS0), over two FIFOs: see docs/decisions/0007. What nobody reads stays in them, up to 64 KiB. */
export interface Console {
  /** QEMU reads PATH.in and writes PATH.out; `startQemu` makes both. */
  readonly pipePath: string;
  /** File to which QEMU itself appends every byte the guest sends. */
  readonly logPath?: string;
}

/** One virtio-serial port: /dev/virtio-ports/NAME in the guest, a socket on which QEMU listens on the host. */
export interface Port {
  readonly name: string;
  readonly socketPath: string;
}

/** Served by an swtpm that `startQemu` starts and that ends with QEMU. */
export interface Tpm {
  /** Of its own, for its state and the socket on which swtpm listens; made when it is not there. */
  readonly directory: string;
}

export const tpmSocketName = "socket";
export const tpmSocketPath = ({ directory }: Tpm): string => join(directory, tpmSocketName);

/** Nothing but the machine itself, or one network card whose other end is QEMU. */
export type Network = "none" | UserNetwork;

export interface UserNetwork {
  /** Of the card, as in `52:54:00:12:34:56`. The guest is meant to be 10.0.2.15/24, which QEMU's DHCP gives it. */
  readonly mac: string;
  /** TCP ports of the guest that a free port of 127.0.0.1 leads to; nothing else gets in or out. */
  readonly forwardedPorts: readonly number[];
  /** Addresses in the guest's network that lead to ports of 127.0.0.1. Default none. */
  readonly guestForwards?: readonly GuestForward[];
  /** File that gets the first 128 bytes of every packet (pcap). */
  readonly capturePath: string;
}

/** One TCP service of this host that the guest reaches, however many connections it opens; QEMU starts a relay for each. */
export interface GuestForward {
  /** In 10.0.2.0/24, where QEMU answers for it; not the guest's own and none of QEMU's (.2, .3). */
  readonly address: string;
  readonly port: number;
  readonly hostPort: number;
}

/** A systemd credential, handed over in SMBIOS type 11; systemd in the guest decodes it. */
export interface Credential {
  readonly name: string;
  readonly value: Uint8Array | string;
}
