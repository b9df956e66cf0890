import { type AgentClient, type BootedMachine, deadlineAfter } from "../../harness/index.ts";
import { keyboardInterrupts, pressMagicKey, terminals, typeAtTerminal } from "./keyboard.ts";
import type { ListenerWatch } from "./listening.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

/** How long an answer to what was typed may take, in the guest's time. */
const answerMs = 5000;
const quietMs = 300;
const serialFile = "/run/bw-typed-serial";
const fileOf = (terminal: number): string => `/run/bw-typed-${terminal}`;

/** What came of typing a name and a command. */
export interface Typed {
  /** Files that a shell would have made. */
  readonly made: readonly string[];
  readonly after: Snapshot;
}

export interface TypedKeys extends Typed {
  /** How often a key went down or up; each interrupts a guest that takes keys, and QEMU keeps no more than 16 of them for it. */
  readonly strokes: number;
  /** Interrupts of the keyboard meanwhile; undefined when the guest has no driver for it. */
  readonly interrupts: number | undefined;
}

export interface TypedLine extends Typed {
  /** Undefined when the line is the agent's own. */
  readonly echo: readonly string[] | undefined;
}

/**
 * Types at every virtual terminal, and goes on to the next when the guest has taken what was typed: QEMU drops keys where
 * more than 1024 wait (ui/input.c).
 */
export const typeOnKeyboard = async (
  machine: BootedMachine,
  agent: AgentClient,
  watch: ListenerWatch,
): Promise<TypedKeys> => {
  const before = await interruptsOf(agent);
  let strokes = 0;
  for (const terminal of terminals) {
    strokes += await typeAtTerminal(machine, terminal, `\nroot\n>${fileOf(terminal)}\n`);
    await untilTaken(agent, watch);
  }
  strokes += await pressMagicKey(machine);
  await untilTaken(agent, watch);
  await watch.watch(answerMs);
  const after = await interruptsOf(agent);
  return {
    strokes,
    interrupts: before === undefined || after === undefined ? undefined : after - before,
    made: await existing(agent, terminals.map(fileOf)),
    after: await snapshot(agent),
  };
};

/** Waits until no key came for long enough that none can be on its way: QEMU sends them 20 ms apart in the guest's time. */
const untilTaken = async (agent: AgentClient, watch: ListenerWatch): Promise<void> => {
  const deadline = deadlineAfter(120_000);
  let before = await interruptsOf(agent);
  while (deadline.remainingMs() > 0) {
    await watch.watch(quietMs);
    const now = await interruptsOf(agent);
    if (now === before) return;
    before = now;
  }
};

/** Types on the serial line that is the console. */
export const typeOnSerialLine = async (
  machine: BootedMachine,
  agent: AgentClient,
  watch: ListenerWatch,
): Promise<TypedLine> => {
  const { agent: plan } = machine.plan;
  const isAgents = plan.kind !== "none" && plan.transport === "uart";
  // A shell obeys the first line, and a log-in program echoes it, taken for a name; of a password nothing is seen.
  for (const text of [`\r\r>${serialFile}\r`, "\rroot\r", `>${serialFile}\r`]) {
    if (!isAgents) machine.typeOnConsole(Buffer.from(text));
    await watch.watch(answerMs);
  }
  const lines = machine.consoleLines();
  return {
    echo: isAgents ? undefined : lines.filter((line) => line.includes(serialFile)),
    made: await existing(agent, [serialFile]),
    after: await snapshot(agent),
  };
};

const existing = async (agent: AgentClient, paths: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const path of paths) if (await agent.exists(path)) found.push(path);
  return found;
};

const interruptsOf = async (agent: AgentClient): Promise<number | undefined> =>
  keyboardInterrupts(
    String(await agent.readFile("/proc/interrupts", { deadline: deadlineAfter(60_000) })),
  );
