import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { QemuProcess } from "../../qemu/qemu-process.ts";
import { startQemu } from "../../qemu/qemu-process.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { PhaseName, TimelineRecord } from "../results/timeline-record.ts";
import type { VcpuLoad } from "../results/vcpu-load.ts";
import { buildTimeline } from "../timeline/build-timeline.ts";
import type { BootFailure } from "../verdict/boot-failure.ts";
import { createBootRecorder } from "./boot-recorder.ts";
import type { BootedMachine } from "./booted-machine.ts";
import { defineMachine } from "./define-machine.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { RunningMachine } from "./running-machine.ts";
import { type Readiness, waitUntilReady } from "./wait-until-ready.ts";
import { writeRepro } from "./write-repro.ts";

export interface BootOptions {
  readonly plan: MachinePlan;
  readonly toolchain: Toolchain;
  /** Names the boot and its directory: "01". */
  readonly bootId: string;
  readonly bootDirectory: string;
  /** Parents of this machine's own directories. */
  readonly socketsPath: string;
  readonly disksPath: string;
  readonly onPhase?: (phase: PhaseName) => void;
  readonly onConsole?: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

export type BootOutcome =
  | { readonly kind: "booted"; readonly machine: BootedMachine; readonly durationMs: number }
  | {
      readonly kind: "failed";
      readonly failure: BootFailure;
      readonly timeline: TimelineRecord;
      readonly load: VcpuLoad;
      readonly durationMs: number;
    };

/**
 * Boots a machine and waits until it is ready or has failed; a failed machine is gone when this returns.
 * @throws {ConfigError} for a machine that cannot be started; {HostError}; {AbortedError}.
 */
export const bootMachine = async (options: BootOptions): Promise<BootOutcome> => {
  const { plan, bootDirectory } = options;
  const place = {
    socketsPath: join(options.socketsPath, options.bootId),
    disksPath: join(options.disksPath, options.bootId),
  };
  mkdirSync(bootDirectory, { recursive: true });
  const defined = await defineMachine(plan, options.toolchain, place);
  const recorder = createBootRecorder(
    bootDirectory,
    `${plan.manifest.name} boot ${options.bootId}`,
  );
  writeRepro(recorder, { defined, toolchain: options.toolchain, plan, place });
  const { spec } = defined;
  const events: Parameters<RunningMachine["onQmpEvent"]>[0][] = [];
  let running: RunningMachine | undefined;
  let qemu: QemuProcess;
  try {
    qemu = await startQemu({
      toolchain: options.toolchain,
      spec,
      logPath: join(bootDirectory, "qemu.log"),
      deadline: deadlineAfter(30_000, { signal: options.signal }),
      onMessage: (message) => recorder.qmp(message),
      onEvent: (event) => (running === undefined ? events.push(event) : running.onQmpEvent(event)),
    });
  } catch (error) {
    recorder[Symbol.dispose]();
    if (errorCodeOf(error) !== "QEMU_START" && errorCodeOf(error) !== "TIMEOUT") throw error;
    return neverStarted(plan, error);
  }
  running = new RunningMachine({ plan, spec, place, qemu, recorder, bootId: options.bootId });
  running.onPhase = options.onPhase;
  running.onConsole = options.onConsole;
  for (const event of events) running.onQmpEvent(event);
  try {
    await running.powerOn();
    const timeoutMs = plan.manifest.deadlines.bootMs[plan.accel];
    const readiness = await waitUntilReady(
      running,
      deadlineAfter(timeoutMs, { signal: options.signal }),
    );
    return await outcomeOf(running, readiness);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
};

const outcomeOf = async (running: RunningMachine, readiness: Readiness): Promise<BootOutcome> => {
  const durationMs = running.nowMs();
  const timeline = buildTimeline({
    accel: running.plan.accel,
    consolePhases: running.consolePhases,
    readyAtMs: durationMs,
    ...(readiness.kind === "ready" && readiness.guest !== undefined
      ? { guest: readiness.guest }
      : {}),
  });
  running.writeTimeline(timeline);
  if (readiness.kind === "ready") {
    return { kind: "booted", machine: running.booted(timeline, readiness.agent), durationMs };
  }
  await running[Symbol.asyncDispose]();
  const load = running.sampler?.samples ?? [];
  return { kind: "failed", failure: readiness.failure, timeline, load, durationMs };
};

const neverStarted = (plan: MachinePlan, error: unknown): BootOutcome => ({
  kind: "failed",
  failure: { kind: "qemu-died", reason: printable(renderError(error), 1000), witness: "process" },
  timeline: buildTimeline({ accel: plan.accel, consolePhases: [] }),
  load: [],
  durationMs: 0,
});
