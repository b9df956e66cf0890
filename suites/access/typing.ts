import { type AgentClient, type BootedMachine, deadlineAfter } from "../../harness/index.ts";
import { keyboardInterrupts, terminals, typeAtTerminals } from "./keyboard.ts";
import type { ListenerWatch } from "./listening.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

/** How long an answer to what was typed may take, in the guest's time. */
const answerMs = 5000;
const serialFile = "/run/bw-typed-serial";
const fileOf = (terminal: number): string => `/run/bw-typed-${terminal}`;

/** What came of typing a name and a command. */
export interface Typed {
  /** Files that a shell would have made. */
  readonly made: readonly string[];
  readonly after: Snapshot;
}

export interface TypedKeys extends Typed {
  /** Interrupts of the keyboard meanwhile; undefined when the guest has no driver for it. */
  readonly interrupts: number | undefined;
}

export interface TypedLine extends Typed {
  /** Undefined when the line is the agent's own. */
  readonly echo: readonly string[] | undefined;
}

/** Types at every virtual terminal. */
export const typeOnKeyboard = async (
  machine: BootedMachine,
  agent: AgentClient,
  watch: ListenerWatch,
): Promise<TypedKeys> => {
  const before = await interruptsOf(agent);
  await typeAtTerminals(machine, fileOf);
  await watch.watch(answerMs);
  const after = await interruptsOf(agent);
  return {
    interrupts: before === undefined || after === undefined ? undefined : after - before,
    made: await existing(agent, terminals.map(fileOf)),
    after: await snapshot(agent),
  };
};

/** Types on the serial line that is the console. */
export const typeOnSerialLine = async (
  machine: BootedMachine,
  agent: AgentClient,
  watch: ListenerWatch,
): Promise<TypedLine> => {
  const { agent: plan } = machine.plan;
  const isAgents = plan.kind !== "none" && plan.transport === "uart";
  if (!isAgents) machine.typeOnConsole(Buffer.from(`\r\rroot\r>${serialFile}\r`));
  await watch.watch(answerMs);
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
