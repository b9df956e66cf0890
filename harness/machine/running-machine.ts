import type { Duplex } from "node:stream";
import { openConsolePipe } from "../../qemu/console-pipe.ts";
import type { ProcessExit } from "../../qemu/host-process.ts";
import type { MachineSpec } from "../../qemu/machine-spec.ts";
import type { QemuProcess } from "../../qemu/qemu-process.ts";
import type { QmpEvent } from "../../qemu/qmp/message.ts";
import { readVcpuTimes, vcpuThreads } from "../../qemu/vcpu-time.ts";
import type { AgentClient, PowerOffWay } from "../agent/agent-client.ts";
import { AgentLink } from "../agent/agent-link.ts";
import { type ConsoleEngine, createConsoleEngine } from "../console/console-engine.ts";
import type { ConsoleEvent, PhaseEvent } from "../console/console-event.ts";
import { type Clock, hostClock } from "../core/clock.ts";
import { type Deadline, deadlineAfter, withDeadline } from "../core/deadline.ts";
import { errorCodeOf, QemuError } from "../core/errors.ts";
import type { GivenMachine, SeenMachine } from "../results/machine-facts.ts";
import type { PhaseName, TimelineRecord } from "../results/timeline-record.ts";
import { loadBetween } from "../results/vcpu-load.ts";
import { extendTimeline } from "../timeline/extend-timeline.ts";
import type { BootRecorder } from "./boot-recorder.ts";
import type {
  BootedMachine,
  BootingMachine,
  ConsoleComplaint,
  StoppedMachine,
} from "./booted-machine.ts";
import { collectJournal } from "./collect-journal.ts";
import { connectPort } from "./connect-port.ts";
import { readConsoleLog } from "./console-log.ts";
import { type MachinePlace, removePlace } from "./define-machine.ts";
import { FailureWatch } from "./failure-watch.ts";
import { uncleanEndOf } from "./guest-end.ts";
import { hostOomKills } from "./host-oom.ts";
import type { MachineFailure } from "./machine-failure.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { readPacketCapture } from "./packet-capture.ts";
import { heedsPowerButton } from "./power-button.ts";
import { pressKeys } from "./press-keys.ts";
import type { Surroundings } from "./surroundings.ts";
import { startVcpuSampler, type VcpuSampler } from "./vcpu-sampler.ts";

export interface RunningParts {
  readonly plan: MachinePlan;
  readonly spec: MachineSpec;
  readonly given: GivenMachine;
  readonly place: MachinePlace;
  readonly qemu: QemuProcess;
  readonly recorder: BootRecorder;
  readonly bootId: string;
  readonly bootDirectory: string;
  /** The host's port by the guest's. */
  readonly forwarded: ReadonlyMap<number, number>;
}

/** Longer than the watch needs from the first sign of a failure to its verdict. */
const settleMs = 1500;
/** Of console lines that tell of failures. */
const maxComplaints = 100;

/** One QEMU with everything that listens to it, from before power-on to its end. Internal: callers see BootedMachine. */
export class RunningMachine implements AsyncDisposable {
  readonly plan: MachinePlan;
  readonly given: GivenMachine;
  readonly qemu: QemuProcess;
  readonly engine: ConsoleEngine;
  readonly clock: Clock = hostClock;
  readonly watch: FailureWatch;
  readonly consolePhases: PhaseEvent[] = [];
  onPhase: ((phase: PhaseName) => void) | undefined;
  onConsole: ((chunk: Uint8Array) => void) | undefined;
  /** Called after each piece of console text, for those who wait for a text. */
  onText: (() => void) | undefined;
  link: AgentLink | undefined;
  readonly #agent = Promise.withResolvers<AgentClient | undefined>();
  #firstAgent: AgentClient | undefined;
  sampler: VcpuSampler | undefined;
  readonly #parts: RunningParts;
  readonly #surroundings: Surroundings;
  readonly #complaints: ConsoleComplaint[] = [];
  readonly #channels: Duplex[] = [];
  /** Of `performance.now()`. */
  poweredOnMs: number = performance.now();
  #lastByteMs = 0;
  #shutdown: QmpEvent | undefined;
  #hasConsoleEnded = false;
  #isJournalAsked = false;
  #isGone = false;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.plan = parts.plan;
    this.given = parts.given;
    this.qemu = parts.qemu;
    this.engine = createConsoleEngine({ onEvent: (event) => this.#onConsoleEvent(event) });
    this.#surroundings = {
      clock: this.clock,
      lastLines: (count) => this.engine.lastLines(count),
      silentMs: () => this.silentMs(),
      isIdle: (windowMs) => this.isIdle(windowMs),
      oomKills: hostOomKills,
    };
    this.watch = new FailureWatch(this.#surroundings);
    void parts.recorder.broken.then((error) => this.watch.recordingBroke(error));
    const { qemu } = parts;
    void qemu.exit.then((exit) => this.watch.exited(exit, qemu.outputTail()));
    const { tpm } = qemu;
    void tpm?.exit.then((exit) => this.watch.tpmExited(exit, tpm.outputTail()));
  }

  /** Whether the vCPUs computed for less than a twentieth of the last `windowMs`. */
  isIdle(windowMs: number): boolean {
    const endMs = this.nowMs();
    const { cpuMs, waitedMs } = loadBetween(this.sampler?.samples ?? [], endMs - windowMs, endMs);
    return cpuMs + waitedMs < windowMs / 20;
  }

  /** Since the console's last byte, or power-on. */
  silentMs(): number {
    return this.nowMs() - this.#lastByteMs;
  }

  /** What went wrong, once the witnesses have had a moment to tell. */
  async settledFailure(): Promise<MachineFailure | undefined> {
    return await withDeadline(this.watch.failed, deadlineAfter(settleMs), "A failure").catch(() =>
      this.watch.failure(),
    );
  }

  /**
   * Whether QEMU ends without being told to.
   * @throws {AbortedError}
   */
  async goesBefore(deadline: Deadline): Promise<boolean> {
    const end = this.qemu.exit.then(() => true);
    return await withDeadline(end, deadline, "The guest's own end").catch((error: unknown) => {
      if (errorCodeOf(error) === "ABORTED") throw error;
      return false;
    });
  }

  /** Host milliseconds since power-on. */
  nowMs(): number {
    return performance.now() - this.poweredOnMs;
  }

  onQmpEvent(event: QmpEvent): void {
    if (event.name === "SHUTDOWN") this.#shutdown = event;
    this.watch.qmp(event);
  }

  /** Connects to every socket first, so that no byte of the guest is missed, then lets the machine run. */
  async powerOn(): Promise<void> {
    const deadline = deadlineAfter(10_000);
    const { spec, plan } = this.#parts;
    const console = openConsolePipe(spec.console.pipePath);
    this.#channels.push(console);
    if (plan.agent.kind !== "none" && plan.agent.transport === "uart") {
      this.link = new AgentLink(console, {
        framing: "line",
        onConsoleText: (chunk) => this.#onConsoleBytes(chunk),
      });
    } else {
      console.on("data", (chunk) => this.#onConsoleBytes(chunk));
    }
    console.once("close", () => this.#endConsole());
    const port = spec.ports[0];
    if (port !== undefined) {
      const agentPort = await connectPort(port.socketPath, deadline);
      this.#channels.push(agentPort);
      this.link = new AgentLink(agentPort, { framing: "binary" });
    }
    const threadIds = await vcpuThreads(this.qemu.qmp, deadline);
    this.poweredOnMs = performance.now();
    await this.qemu.qmp.execute("cont", undefined, deadline);
    this.sampler = startVcpuSampler(this.qemu.pid, threadIds, () => this.nowMs());
  }

  /** Its first session, once the guest has said hello. */
  get agent(): AgentClient | undefined {
    return this.#firstAgent;
  }

  set agent(agent: AgentClient | undefined) {
    this.#firstAgent = agent;
    this.#agent.resolve(agent);
  }

  booting(): BootingMachine {
    const { forwarded } = this.#parts;
    return { agent: this.#agent.promise, hostPort: (guestPort) => forwarded.get(guestPort) };
  }

  booted(timeline: TimelineRecord, seen: SeenMachine | undefined): BootedMachine {
    const { bootId, spec } = this.#parts;
    const { agent } = this;
    let current = timeline;
    this.#agent.resolve(agent); // Who waits for an agent that never came need not wait for the end.
    this.sampler?.[Symbol.dispose]();
    this.#parts.recorder.file("vcpu-load.json", `${JSON.stringify(this.sampler?.samples ?? [])}\n`);
    return {
      plan: this.plan,
      spec,
      bootId,
      get timeline() {
        return current;
      },
      load: this.sampler?.samples ?? [],
      sampleLoad: () => {
        this.sampler?.sample();
        return this.sampler?.samples.at(-1);
      },
      facts: { given: this.given, ...(seen === undefined ? {} : { seen }) },
      agent,
      nowMs: () => this.nowMs(),
      reached: (phases) => {
        current = extendTimeline(current, phases);
        this.writeTimeline(current);
      },
      failure: () => this.watch.failure(),
      settledFailure: () => this.settledFailure(),
      ended: this.qemu.exit.then(() => undefined),
      typeOnConsole: (bytes) => void this.#channels[0]?.write(bytes),
      hostPort: (guestPort) => this.#parts.forwarded.get(guestPort),
      pressKeys: (keys, deadline) => pressKeys(this.qemu.qmp, keys, deadline),
      packets: () =>
        spec.network === "none"
          ? undefined
          : readPacketCapture(spec.network.capturePath, spec.network.mac),
      consoleLines: () => readConsoleLog(this.#parts.bootDirectory),
      consoleComplaints: () => [...this.#complaints],
      consoleTail: (lines) => this.engine.lastLines(lines),
      protocolCounters: () => ({ ...this.link?.counters() }),
      powerOff: (deadline, way = {}) => this.#powerOff(deadline, way),
      kill: () => this.#kill(),
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    };
  }

  get spec(): MachineSpec {
    return this.#parts.spec;
  }

  /** Leaves a file in the boot directory. @throws {HostError} HOST_RESOURCE */
  record(name: string, text: string): void {
    this.#parts.recorder.file(name, text);
  }

  writeTimeline(timeline: TimelineRecord): void {
    this.#parts.recorder.file("timeline.json", `${JSON.stringify(timeline, undefined, 2)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    await this.#collectJournal();
    await this.#endQemu();
    removePlace(this.#parts.place);
  }

  async #powerOff(deadline: Deadline, way: PowerOffWay): Promise<StoppedMachine> {
    await this.#collectJournal();
    this.watch.expectEnd();
    let uncleanEnd: string | undefined;
    try {
      uncleanEnd = await this.#askToPowerOff(deadline, way);
      if (uncleanEnd !== undefined) await this.qemu.terminate();
      refuseUnclean(await this.qemu.exit);
      await this.qemu.qmp.closed;
      uncleanEnd ??= uncleanEndOf(this.#shutdown, this.watch.failure());
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
    return await this.ended(uncleanEnd);
  }

  async #kill(): Promise<StoppedMachine> {
    this.watch.expectEnd();
    await this.qemu.kill();
    return await this.ended("QEMU was killed");
  }

  /** Ends what is left of it, but for its disks. */
  async ended(uncleanEnd: string | undefined): Promise<StoppedMachine> {
    this.#isGone = true;
    await this.#endQemu();
    const { plan, spec, place } = this.#parts;
    const { boot } = spec;
    return {
      plan,
      disks: spec.disks,
      ...(boot.kind === "firmware" && boot.firmware === "uefi"
        ? { firmwareVariables: boot.vars }
        : {}),
      scratchPath: place.disksPath,
      ...(uncleanEnd === undefined ? {} : { uncleanEnd }),
      [Symbol.asyncDispose]: async () => removePlace(this.#parts.place),
    };
  }

  /** Undefined when the guest went; else why it is not waited for any longer, which only a guest without agent may cause. */
  async #askToPowerOff(deadline: Deadline, way: PowerOffWay): Promise<string | undefined> {
    const { agent, qemu } = this;
    if (agent === undefined) {
      const threadIds = await vcpuThreads(qemu.qmp, deadline);
      const view = { ...this.#surroundings, vcpuMs: () => vcpuMsOf(qemu.pid, threadIds) };
      await qemu.qmp.execute("system_powerdown", undefined, deadline);
      return await heedsPowerButton(qemu.exit, view, deadline);
    }
    await agent.powerOff({ ...way, deadline });
    await withDeadline(qemu.exit, deadline, "Power-off of the guest", () =>
      JSON.stringify(this.engine.lastLines(1)),
    );
    return undefined;
  }

  async #endQemu(): Promise<void> {
    this.#agent.resolve(undefined);
    this.watch.expectEnd();
    this.sampler?.[Symbol.dispose]();
    await this.link?.[Symbol.asyncDispose]();
    await this.qemu.terminate();
    for (const channel of this.#channels) channel.destroy();
    this.#endConsole();
    this.engine[Symbol.dispose]();
    this.#parts.recorder[Symbol.dispose]();
  }

  async #collectJournal(): Promise<void> {
    const { agent, plan } = this;
    if (this.#isJournalAsked || agent === undefined || plan.agent.kind === "none") return;
    this.#isJournalAsked = true;
    const { transport } = plan.agent;
    const journal = await collectJournal(agent, transport);
    if (journal !== undefined) this.#parts.recorder.file("journal.json", journal);
  }

  #endConsole(): void {
    this.#hasConsoleEnded = true;
    this.engine.end(this.nowMs());
    this.watch.consoleEnded();
  }

  #onConsoleBytes(chunk: Uint8Array): void {
    if (this.#hasConsoleEnded) return;
    const atMs = this.nowMs();
    this.#lastByteMs = atMs;
    this.#parts.recorder.console(chunk, atMs);
    this.engine.feed(chunk, atMs);
    this.onConsole?.(chunk);
    this.onText?.();
  }

  #onConsoleEvent(event: ConsoleEvent): void {
    if (event.kind === "phase") {
      this.consolePhases.push(event);
      this.sampler?.sample();
      this.onPhase?.(event.phase);
    }
    if (
      event.kind === "match" &&
      event.severity !== "warning" &&
      event.ignored === undefined &&
      this.#complaints.length < maxComplaints
    )
      this.#complaints.push({ line: event.line, pattern: event.pattern, text: event.text });
    this.watch.console(event);
  }
}

const vcpuMsOf = (pid: number, threadIds: readonly number[]): number | undefined => {
  try {
    return readVcpuTimes(pid, threadIds).reduce(
      (sum, { cpuMs, waitedForCpuMs }) => sum + cpuMs + waitedForCpuMs,
      0,
    );
  } catch {
    return undefined; // QEMU has ended.
  }
};

/** Only a QEMU that ends by itself or by request has written all of its overlays. */
const refuseUnclean = ({ code, signal }: ProcessExit): void => {
  if (code === 0) return;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  throw new QemuError(
    "QEMU_DIED",
    `QEMU should have ended with its disks written, but ended ${how}`,
  );
};
