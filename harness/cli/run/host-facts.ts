import { cpus, release, totalmem } from "node:os";
import type { Accelerator } from "../../../qemu/accel.ts";
import type { Toolchain } from "../../../qemu/toolchain.ts";
import { MiB } from "../../core/units.ts";
import type { HostFacts } from "../../results/run-record.ts";

/** What the reader of a result must know of the host that made it. */
export const hostFacts = (accelerator: Accelerator, toolchain: Toolchain): HostFacts => ({
  accel: accelerator.accel,
  accelReason: accelerator.reason,
  qemuVersion: toolchain.qemuSystem.version.text,
  toolchain: toolchain.kind === "host" ? "host" : toolchain.root,
  cpuModel: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  kernel: release(),
  memoryMiB: Math.round(totalmem() / MiB),
  calibration: { probeMs: accelerator.probeMs, vcpuCpuMs: accelerator.vcpuCpuMs },
});
