import { type BootedMachine, type Deadline, deadlineAfter } from "../../harness/index.ts";

/** Keys of a US keyboard, which is what a kernel without other settings takes it for, by QEMU's names for them. */
const keysOf = (character: string): readonly string[] => {
  if (/^[a-z0-9]$/.test(character)) return [character];
  const special = { "/": ["slash"], "-": ["minus"], ">": ["shift", "dot"], "\n": ["ret"] }[
    character
  ];
  if (special === undefined)
    throw new RangeError(`There is no key for ${JSON.stringify(character)}`);
  return special;
};

const typeText = async (
  machine: BootedMachine,
  text: string,
  deadline: Deadline,
): Promise<void> => {
  for (const character of text) await machine.pressKeys(keysOf(character), deadline);
};

/** Virtual terminals that have a key of their own. */
export const terminals: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** On each virtual terminal: a name, and a command that makes a file whose path `fileOf` tells. */
export const typeAtTerminals = async (
  machine: BootedMachine,
  fileOf: (terminal: number) => string,
): Promise<void> => {
  const deadline = deadlineAfter(120_000);
  for (const terminal of terminals) {
    await machine.pressKeys(["ctrl", "alt", `f${terminal}`], deadline);
    await typeText(machine, `\nroot\n>${fileOf(terminal)}\n`, deadline);
  }
  // Help of the magic key: the kernel prints it, and nothing else happens.
  await machine.pressKeys(["alt", "sysrq", "h"], deadline);
};

/** How often the keyboard's controller has interrupted the guest; undefined when the guest has no driver for it. */
export const keyboardInterrupts = (procInterrupts: string): number | undefined => {
  const row = procInterrupts.split("\n").find((line) => /\bi8042$/.test(line.trim()));
  if (row === undefined) return undefined;
  const counts = /^\s*\d+:((?:\s+\d+)+)\s/.exec(row)?.[1] ?? "";
  return counts
    .trim()
    .split(/\s+/)
    .reduce((sum, count) => sum + Number(count), 0);
};
