// Why boot a guest when /dev/kvm can be opened? On some cloud runners it opens and creates VMs, and every stock kernel
// dies in it ("KVM internal error. Suberror: 1"), or QEMU aborts with -cpu host. Only a guest that booted proves it.
import { type Deadline, deadlineAfter, slotOf } from "../harness/core/deadline.ts";
import { HostError, QemuError } from "../harness/core/errors.ts";
import {
  accelCacheKey,
  type ProbeAttempt,
  type ProbedAccelerator,
  readAccelCache,
  writeAccelCache,
} from "./accel-cache.ts";
import { type AccelCandidate, type AccelRequest, accelCandidates } from "./accel-candidates.ts";
import { type BootProbe, bootProbe, type ProbeOutcome } from "./boot-probe.ts";
import { type KvmDevice, openKvmDevice } from "./kvm-device.ts";
import type { Toolchain } from "./toolchain.ts";

export interface AcceleratorOptions {
  readonly toolchain: Toolchain;
  readonly requested: AccelRequest;
  /** Kernel and initramfs of the probe image. */
  readonly probeKernel: string;
  readonly probeInitrd: string;
  readonly cacheDir: string;
  /** Default: 3 minutes. */
  readonly deadline?: Deadline;
  /** Default: /dev/kvm. */
  readonly kvm?: KvmDevice;
  /** Default: boots a guest in QEMU. */
  readonly boot?: BootProbe;
}

/** The accelerator and CPU model with which a guest has booted on this host. */
export interface Accelerator extends ProbedAccelerator {
  /** Found by an earlier run on the same host boot, with the same QEMU and the same probe. */
  readonly cached: boolean;
}

/**
 * Tries KVM, then emulation, by booting the probe guest; remembers what worked.
 * @throws {HostError} HOST_RESOURCE when KVM was asked for and does not work; {QemuError} QEMU_START when nothing boots.
 */
export const chooseAccelerator = async (options: AcceleratorOptions): Promise<Accelerator> => {
  const { toolchain, requested, probeKernel, probeInitrd, cacheDir } = options;
  const kvm = options.kvm ?? openKvmDevice();
  const key = await accelCacheKey({
    requested,
    kvm,
    qemuVersion: toolchain.qemuSystem.version.text,
    probeFiles: [probeKernel, probeInitrd],
  });
  const known = readAccelCache(cacheDir, requested, key);
  if (known !== undefined) return { ...known, cached: true };
  const result = await probe(options, kvm);
  writeAccelCache(cacheDir, requested, key, result);
  return { ...result, cached: false };
};

const probe = async (options: AcceleratorOptions, kvm: KvmDevice): Promise<ProbedAccelerator> => {
  const { toolchain, requested, deadline = deadlineAfter(180_000), boot = bootProbe } = options;
  const attempts: ProbeAttempt[] = [];
  for (const candidate of accelCandidates(requested, kvm, toolchain.qemuSystem.version)) {
    const { accel, cpuModel, timeoutMs } = candidate;
    const outcome = await boot({
      toolchain,
      accel,
      cpuModel,
      kernel: options.probeKernel,
      initrd: options.probeInitrd,
      deadline: slotOf(deadline, timeoutMs),
    });
    attempts.push(attemptOf(candidate, outcome));
    if (outcome.kind === "booted") {
      const { probeMs, vcpuCpuMs } = outcome;
      const reason = whyChosen(accel, requested, kvm, attempts);
      return { accel, cpuModel, reason, probeMs, vcpuCpuMs, attempts };
    }
  }
  throw nothingBoots(requested, kvm, attempts);
};

const attemptOf = ({ accel, cpuModel }: AccelCandidate, outcome: ProbeOutcome): ProbeAttempt => ({
  accel,
  cpuModel,
  outcome: outcome.kind === "booted" ? "booted" : outcome.reason,
});

const whyChosen = (
  accel: "kvm" | "tcg",
  requested: AccelRequest,
  kvm: KvmDevice,
  attempts: readonly ProbeAttempt[],
): string => {
  if (accel === "kvm") return "A guest booted under KVM";
  if (requested === "tcg") return "Emulation was asked for";
  return kvm.isOpenable ? `No guest boots under KVM: ${failuresOf(attempts)}` : kvm.reason;
};

const nothingBoots = (
  requested: AccelRequest,
  kvm: KvmDevice,
  attempts: readonly ProbeAttempt[],
): HostError | QemuError => {
  const failures = kvm.isOpenable || requested === "tcg" ? failuresOf(attempts) : kvm.reason;
  return requested === "kvm"
    ? new HostError("HOST_RESOURCE", `KVM was asked for and does not work: ${failures}`, {
        hint: "Run with --accel tcg, or on a host with working (nested) virtualisation",
        details: { attempts },
      })
    : new QemuError(
        "QEMU_START",
        `The probe guest boots with no accelerator: ${failuresOf(attempts)}`,
        {
          hint: "Run `bootwright doctor`; a QEMU of version 10 or later comes with ci/setup",
          details: { attempts },
        },
      );
};

const failuresOf = (attempts: readonly ProbeAttempt[]): string =>
  attempts
    .filter(({ outcome }) => outcome !== "booted")
    .map(({ accel, cpuModel, outcome }) => `${accel} with ${cpuModel}: ${brief(outcome)}`)
    .join("; ");

// The reason is printed in every run; register dumps stay in `attempts`.
const brief = (outcome: string): string => {
  const text = outcome.replaceAll(/(\\x0[ad]|\s)+/g, " ").replace(/; RAX=.*$/s, "");
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};
