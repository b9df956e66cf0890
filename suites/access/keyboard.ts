import { type BootedMachine, deadlineAfter } from "../../harness/index.ts";

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

/** Virtual terminals that have a key of their own. */
export const terminals: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Goes to a virtual terminal and types there. Resolves to how often a key went down or up, which QEMU still has to do. */
export const typeAtTerminal = (
  machine: BootedMachine,
  terminal: number,
  text: string,
): Promise<number> =>
  press(machine, [["ctrl", "alt", `f${terminal}`], ...Array.from(text, keysOf)]);

/** Asks the kernel for the help of the magic key: it prints it, and nothing else happens. Resolves as `typeAtTerminal`. */
export const pressMagicKey = (machine: BootedMachine): Promise<number> =>
  press(machine, [["alt", "sysrq", "h"]]);

const press = async (
  machine: BootedMachine,
  chords: readonly (readonly string[])[],
): Promise<number> => {
  const deadline = deadlineAfter(30_000);
  for (const keys of chords) await machine.pressKeys(keys, deadline);
  return 2 * chords.flat().length;
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
