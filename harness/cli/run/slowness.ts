import type { Accelerator } from "../../../qemu/accel.ts";

/**
 * vCPU time of the probe guest on the host for which our emulation budgets are written: median of 9 boots on an idle
 * 2-core cloud host, QEMU 10.0.13, TCG, 2026-11-22.
 */
const referenceVcpuCpuMs = 2500;

/** How much slower this host emulates than the one for which budgets are written; 1 under KVM. */
export const slownessOf = ({ accel, vcpuCpuMs }: Accelerator): number =>
  accel === "kvm" ? 1 : Math.min(20, Math.max(0.25, vcpuCpuMs / referenceVcpuCpuMs));
