import { emulatedCpuModel } from "./emulated-cpu-model.ts";
import type { KvmDevice } from "./kvm-device.ts";
import type { QemuVersion } from "./qemu-version.ts";

export type AccelRequest = "auto" | "kvm" | "tcg";

export interface AccelCandidate {
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  readonly timeoutMs: number;
}

// A probe under working KVM takes about a second, under emulation up to 10 s on a loaded host.
const kvmTimeoutMs = 15_000;
const tcgTimeoutMs = 90_000;

/** What to try, best first. KVM is left out when its device cannot be opened. */
export const accelCandidates = (
  requested: AccelRequest,
  kvm: KvmDevice,
  qemu: QemuVersion,
): readonly AccelCandidate[] => [
  ...(requested === "tcg" || !kvm.isOpenable
    ? []
    : [
        { accel: "kvm", cpuModel: "host", timeoutMs: kvmTimeoutMs } as const,
        // QEMU aborts with -cpu host where the host's KVM refuses an MSR (0x10a was seen); a named model may do.
        { accel: "kvm", cpuModel: "Nehalem", timeoutMs: kvmTimeoutMs } as const,
      ]),
  ...(requested === "kvm"
    ? []
    : [{ accel: "tcg", cpuModel: tcgCpuModel(qemu), timeoutMs: tcgTimeoutMs } as const]),
];

/**
 * Nehalem is the smallest model that is x86-64-v2. QEMU 7.2 under TCG crashes guests of its own after cmpxchg16b
 * (4 of 30 boots with Nehalem, 0 of 30 without cx16; QEMU 10.0: 0 of 35; measured 2026-11-21), so an old QEMU goes
 * without, which is no longer v2: the last resort.
 */
const tcgCpuModel = (qemu: QemuVersion): string =>
  emulatedCpuModel(qemu.major >= 10 ? "Nehalem" : "Nehalem,-cx16");
