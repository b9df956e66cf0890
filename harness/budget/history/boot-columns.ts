import type { HistoryBoot } from "./history-boot.ts";

/** Fields of a boot and the columns of table `boots` that hold them. */
export const bootColumns: Readonly<Record<keyof Omit<HistoryBoot, "phases">, string>> = {
  runId: "run_id",
  bootId: "boot_id",
  runStatus: "run_status",
  startedAt: "started_at",
  image: "image",
  imageSha256: "image_sha256",
  profile: "profile",
  configuration: "configuration",
  accel: "accel",
  measure: "measure",
  qemuVersion: "qemu_version",
  cpuModel: "cpu_model",
  cores: "cores",
  hostKernel: "host_kernel",
  memoryMiB: "memory_mib",
  firmware: "firmware",
  secureBoot: "secure_boot",
  state: "state",
  totalMs: "total_ms",
  totalCost: "total_cost",
  idleMs: "idle_ms",
  comparability: "comparability",
  stealMs: "steal_ms",
  hostLoad: "host_load",
  swapMiB: "swap_mib",
  waitedMs: "waited_ms",
};

/** The columns under the names of the fields, for a SELECT. */
export const selectedBootColumns: string = Object.entries(bootColumns)
  .map(([field, column]) => `boots.${column} AS ${field}`)
  .join(", ");
