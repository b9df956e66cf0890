// The command line of a unit's service as it really runs, for those who start the same program with other arguments.
import { type AgentClient, deadlineAfter, errnoOf, fail } from "../../harness/index.ts";

/** How a unit starts its program. */
export interface UnitCommand {
  /** What stands before the arguments: the program's path, behind what starts it, as in `/usr/bin/env A=b /usr/bin/kubelet`. */
  readonly program: readonly [string, ...string[]];
  readonly arguments: readonly string[];
}

const startMs = 120_000;

/**
 * The command of a unit; the check fails where it starts nothing. One that is about to start is waited for where variables
 * stand in its arguments: what they are only its process tells.
 */
export const commandOf = async (
  agent: Pick<AgentClient, "service" | "readFile" | "waitForUnitUntil">,
  unit: string,
): Promise<UnitCommand> => {
  const command = await commandNow(agent, unit);
  if (variablesIn(command.arguments).length === 0) return command;
  await agent.waitForUnitUntil(unit, deadlineAfter(startMs));
  return await commandNow(agent, unit);
};

const commandNow = async (
  agent: Pick<AgentClient, "service" | "readFile">,
  unit: string,
): Promise<UnitCommand> => {
  const { execStart, mainPid } = await agent.service(unit);
  const [program = fail(`The unit ${unit} starts no program`), ...rest] = execStart.at(-1) ?? [];
  return unitCommand([program, ...rest], await commandLineOf(agent, mainPid));
};

/**
 * The arguments of the process, in which variables of its environment are put in. Where it does not run, or is a program that
 * the one in the unit turned into, what the unit says counts as it stands: a program in between may have added some of its own.
 */
export const unitCommand = (
  inUnit: readonly [string, ...string[]],
  running: readonly string[] | undefined,
): UnitCommand => {
  const [path, ...rest] = inUnit;
  const [program, ...given] = running ?? [];
  const index = program === undefined ? -1 : inUnit.indexOf(program);
  return index < 0
    ? { program: [path], arguments: rest }
    : { program: [path, ...inUnit.slice(1, index + 1)], arguments: given };
};

/** Arguments in which systemd puts variables of the unit's environment (systemd.service(5), "Command lines"). */
export const variablesIn = (given: readonly string[]): readonly string[] =>
  given.filter((one) => /^\$[A-Za-z_]\w*$|(?<!\$)\$\{\w+\}/.test(one));

/** Undefined where it does not run. */
const commandLineOf = async (
  agent: Pick<AgentClient, "readFile">,
  pid: number,
): Promise<readonly string[] | undefined> => {
  if (pid === 0) return undefined;
  try {
    const text = String(await agent.readFile(`/proc/${pid}/cmdline`));
    return text === "" ? undefined : text.replace(/\0$/, "").split("\0");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ESRCH") throw error;
    return undefined; // it has just ended
  }
};
