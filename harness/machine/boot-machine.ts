import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type QemuProcess, startQemu } from "../../qemu/qemu-process.ts";
import type { QmpEvent } from "../../qemu/qmp/message.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { bootFactsFile } from "../results/boot-facts.ts";
import type { MachineFacts } from "../results/machine-facts.ts";
import type { PhaseName, TimelineRecord } from "../results/timeline-record.ts";
import type { VcpuLoad } from "../results/vcpu-load.ts";
import { buildTimeline } from "../timeline/build-timeline.ts";
import { createBootRecorder } from "./boot-recorder.ts";
import type { BootedMachine, BootingMachine, StoppedMachine } from "./booted-machine.ts";
import { collectBootFacts } from "./collect-boot-facts.ts";
import { countedTimeline } from "./counted-timeline.ts";
import { defineMachine, type MachinePlace, removePlace } from "./define-machine.ts";
import { readForwardedPorts } from "./forwarded-ports.ts";
import { givenMachine } from "./given-machine.ts";
import { failureOfHostError } from "./host-faults.ts";
import type { MachineFailure } from "./machine-failure.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { RunningMachine } from "./running-machine.ts";
import { seenMachine } from "./seen-machine.ts";
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
  /** Called once, just before power-on. */
  readonly observe?: ((machine: BootingMachine) => void) | undefined;
  readonly signal?: AbortSignal;
  /** Whether the disks of a machine that fails are still wanted; default: they go with it. */
  readonly keepsFailedDisks?: boolean;
  /** How long a machine that failed is left alone, so that it may get out of it by itself. Default 0. */
  readonly ownEndMs?: number;
}

/**
 * How much longer a boot may take whose instructions are counted: one vCPU in place of several, translated code that counts, and
 * a guest that stands still for each request to a disk (`reference`: 37 to 150 s for 27, by the host's load; 2026-12-01).
 */
const countedFactor = 4;

export type BootOutcome =
  | { readonly kind: "booted"; readonly machine: BootedMachine; readonly durationMs: number }
  | {
      readonly kind: "failed";
      readonly failure: MachineFailure;
      readonly timeline: TimelineRecord;
      readonly load: VcpuLoad;
      readonly durationMs: number;
      /** Absent when no machine was started. */
      readonly facts?: MachineFacts;
      /** Its disks, where they were to be kept and a machine was started. */
      readonly stopped?: StoppedMachine;
      /** Whether the guest reset itself or powered off in `ownEndMs`, where that was given. */
      readonly wentByItself?: boolean;
    };

/**
 * Boots a machine and waits until it is ready or has failed; a failed machine is gone when this returns. What the host
 * lacks is a failure of the boot too.
 * @throws {ConfigError} for a machine that cannot be started; {HostError} HOST_TOOL_MISSING; {AbortedError}.
 */
export const bootMachine = async (options: BootOptions): Promise<BootOutcome> => {
  const place = {
    socketsPath: join(options.socketsPath, options.bootId),
    disksPath: join(options.disksPath, options.bootId),
  };
  let running: RunningMachine;
  try {
    running = await startMachine(options, place);
  } catch (error) {
    removePlace(place);
    const failure = failureOfHostError(error);
    if (failure === undefined) throw error;
    return neverStarted(options.plan, failure);
  }
  try {
    return await outcomeOf(running, await readinessOf(running, options), options);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
};

/** QEMU is there and paused. */
const startMachine = async (options: BootOptions, place: MachinePlace): Promise<RunningMachine> => {
  const { plan, toolchain, bootDirectory, bootId } = options;
  mkdirSync(bootDirectory, { recursive: true });
  const defined = await defineMachine(plan, toolchain, place);
  const recorder = createBootRecorder(bootDirectory, `${plan.manifest.name} boot ${bootId}`);
  const early: QmpEvent[] = [];
  let running: RunningMachine | undefined;
  let qemu: QemuProcess | undefined;
  try {
    writeRepro(recorder, { defined, toolchain, plan, place });
    const { spec } = defined;
    qemu = await startQemu({
      toolchain,
      spec,
      logPath: join(bootDirectory, "qemu.log"),
      deadline: deadlineAfter(30_000, { signal: options.signal }),
      onMessage: (direction, message) => recorder.qmp(direction, message),
      onEvent: (event) => (running === undefined ? early.push(event) : running.onQmpEvent(event)),
    });
    const given = givenMachine(spec);
    const forwarded = await readForwardedPorts(
      qemu.qmp,
      spec.network === "none" ? [] : spec.network.forwardedPorts,
      deadlineAfter(10_000, { signal: options.signal }),
    );
    running = new RunningMachine({
      ...{ plan, spec, given, place, qemu, recorder, bootId, bootDirectory, forwarded },
    });
    running.onPhase = options.onPhase;
    running.onConsole = options.onConsole;
    for (const event of early) running.onQmpEvent(event);
    options.observe?.(running.booting());
    return running;
  } catch (error) {
    await qemu?.terminate();
    recorder[Symbol.dispose]();
    throw error;
  }
};

const readinessOf = async (
  running: RunningMachine,
  { plan, signal }: BootOptions,
): Promise<Readiness> => {
  try {
    await running.powerOn();
  } catch (error) {
    // A QEMU that ended is told by its exit; here it is only a socket that does not answer.
    const failure = await running.settledFailure();
    if (failure === undefined) throw error;
    return { kind: "failed", failure };
  }
  const isCounted = plan.counting !== undefined;
  const timeoutMs = plan.manifest.deadlines.bootMs[plan.accel] * (isCounted ? countedFactor : 1);
  return await waitUntilReady(running, deadlineAfter(timeoutMs, { signal }));
};

const outcomeOf = async (
  running: RunningMachine,
  readiness: Readiness,
  options: BootOptions,
): Promise<BootOutcome> => {
  const { keepsFailedDisks = false, ownEndMs, signal } = options;
  const durationMs = running.nowMs();
  const timeline =
    (await countedTimeline(running, options, durationMs)) ??
    buildTimeline({
      accel: running.plan.accel,
      consolePhases: running.consolePhases,
      readyAtMs: durationMs,
      ...(readiness.kind === "ready" && readiness.guest !== undefined
        ? { guest: readiness.guest }
        : {}),
    });
  running.writeTimeline(timeline);
  if (readiness.kind === "ready") {
    const { agent } = readiness;
    if (running.plan.counting !== undefined) {
      const facts = await collectBootFacts(running, agent);
      running.record(bootFactsFile, `${JSON.stringify(facts, undefined, 2)}\n`);
    }
    const seen = agent === undefined ? undefined : await seenMachine(agent);
    return { kind: "booted", machine: running.booted(timeline, seen), durationMs };
  }
  const { failure } = readiness;
  const ownEnd = ownEndMs === undefined ? undefined : deadlineAfter(ownEndMs, { signal });
  const wentByItself = ownEnd === undefined ? undefined : await running.goesBefore(ownEnd);
  const stopped = keepsFailedDisks ? await running.ended(failure.reason) : undefined;
  await running[Symbol.asyncDispose]();
  const load = running.sampler?.samples ?? [];
  const facts = { given: running.given };
  const more = {
    ...(stopped === undefined ? {} : { stopped }),
    ...(wentByItself === undefined ? {} : { wentByItself }),
  };
  return { kind: "failed", failure, timeline, load, durationMs, facts, ...more };
};

const neverStarted = (plan: MachinePlan, failure: MachineFailure): BootOutcome => ({
  kind: "failed",
  failure,
  timeline: buildTimeline({ accel: plan.accel, consolePhases: [] }),
  load: [],
  durationMs: 0,
});
