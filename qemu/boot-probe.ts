import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type Deadline, withDeadline } from "../harness/core/deadline.ts";
import { errorCodeOf } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { openConsolePipe } from "./console-pipe.ts";
import type { MachineSpec } from "./machine-spec.ts";
import { type QemuProcess, startQemu } from "./qemu-process.ts";
import type { QmpEvent } from "./qmp/message.ts";
import type { Toolchain } from "./toolchain.ts";
import { readVcpuTimes, vcpuThreads } from "./vcpu-time.ts";

export interface ProbeRequest {
  readonly toolchain: Toolchain;
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly deadline: Deadline;
}

export type ProbeOutcome =
  | {
      readonly kind: "booted";
      /** From power-on to the marker. */
      readonly probeMs: number;
      /** Host CPU time that the vCPU used until the marker; what is left when the host was busy with others. */
      readonly vcpuCpuMs: number;
    }
  | { readonly kind: "failed"; readonly reason: string };

export type BootProbe = (request: ProbeRequest) => Promise<ProbeOutcome>;

const marker = "BOOTWRIGHT-PROBE-OK";
const maxHeldCharacters = 65_536;

/** Boots the probe guest once. A guest or a QEMU that fails is an outcome; only faults of ours are thrown. */
export const bootProbe: BootProbe = async (request) => {
  await using directory = await tempDir("bw-probe");
  const stopped = Promise.withResolvers<string>();
  try {
    await using qemu = await startQemu({
      toolchain: request.toolchain,
      spec: probeSpec(request, directory),
      logPath: join(directory.path, "qemu.log"),
      deadline: request.deadline,
      onEvent: (event) => {
        const reason = stopReason(event);
        if (reason !== undefined) stopped.resolve(reason);
      },
    });
    return await watch(qemu, stopped.promise, directory, request);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ABORTED" || code === undefined || !(error instanceof Error)) throw error;
    return { kind: "failed", reason: error.message };
  }
};

const watch = async (
  qemu: QemuProcess,
  stopped: Promise<string>,
  directory: TempDir,
  { deadline }: ProbeRequest,
): Promise<ProbeOutcome> => {
  const threads = await vcpuThreads(qemu.qmp, deadline);
  const console = openConsolePipe(join(directory.path, "console"));
  const startMs = deadline.clock.nowMs();
  const seen = { text: "" };
  const booted = markerOn(console, seen).then((): ProbeOutcome => {
    const probeMs = deadline.clock.nowMs() - startMs;
    return { kind: "booted", probeMs, vcpuCpuMs: cpuMsOf(qemu.pid, threads) ?? probeMs };
  });
  const failed = Promise.race([stopped, qemu.exit.then(() => "QEMU ended")]).then(
    (what): ProbeOutcome => ({
      kind: "failed",
      reason: [what, qemu.outputTail(), lastWords(seen.text)]
        .filter((part) => part !== "")
        .join("; "),
    }),
  );
  try {
    await qemu.qmp.execute("cont", undefined, deadline);
    return await withDeadline(
      Promise.race([booted, failed]),
      deadline,
      "Probe guest's marker",
      () => lastWords(seen.text),
    );
  } finally {
    console.destroy();
  }
};

const probeSpec = (request: ProbeRequest, { path }: TempDir): MachineSpec => ({
  name: `probe-${request.accel}`,
  accel: request.accel,
  machineType: "q35",
  cpu: { model: request.cpuModel, count: 1 },
  memoryMiB: 256,
  boot: {
    kind: "kernel",
    kernel: request.kernel,
    initrd: request.initrd,
    commandLine: "console=ttyS0 no_timer_check panic=-1 bootwright.probe=poweroff",
  },
  disks: [],
  console: { pipePath: join(path, "console") },
  ports: [],
  credentials: [],
  qmpSocketPath: join(path, "qmp.sock"),
  network: "none",
  onReboot: "exit",
});

/** Why a guest that does this will not come to its marker; undefined for events that mean nothing. */
const stopReason = (event: QmpEvent): string | undefined => {
  switch (event.name) {
    // With KVM an emulation failure stops the machine and leaves it there (run state internal-error).
    case "STOP":
      return "The machine stopped by itself";
    case "GUEST_PANICKED":
      return "The guest kernel panicked";
    case "SHUTDOWN":
      return event.data["reason"] === "guest-reset" ? "The guest was reset" : undefined;
    default:
      return undefined;
  }
};

const markerOn = async (console: Duplex, seen: { text: string }): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  console.on("error", () => undefined);
  console.on("data", (chunk: Buffer) => {
    seen.text = (seen.text + chunk.toString("latin1")).slice(-maxHeldCharacters);
    if (seen.text.includes(marker)) resolve();
  });
  await promise;
};

// Undefined when QEMU is gone already. With one vCPU the time that passed bounds what it can have used.
const cpuMsOf = (pid: number, threads: readonly number[]): number | undefined => {
  try {
    return readVcpuTimes(pid, threads).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  } catch {
    return undefined;
  }
};

const lastWords = (text: string): string => printable(text.trimEnd().slice(-200));
