/** How many instructions the guest had executed at some moment. */
export interface InstructionCount {
  /** In the lower half of the address space: firmware before the kernel's start, programs after it. */
  readonly low: number;
  /** In the upper half: the kernel. */
  readonly high: number;
  /** Host's monotonic clock (CLOCK_MONOTONIC). */
  readonly hostMs: number;
}

/** What the plugin of `qemu/plugin` counted in one boot. */
export interface InstructionCounts {
  /** One for each line feed on the console, in order; `bytes` includes it. */
  readonly newlines: readonly (InstructionCount & { readonly bytes: number })[];
  /** The kernel's first instruction. */
  readonly kernel: InstructionCount | undefined;
  /** The first instruction of a program after that. */
  readonly program: InstructionCount | undefined;
  /** The first moment that the agent marked; `guestNs` is the guest's own time since power-on. */
  readonly mark: (InstructionCount & { readonly guestNs: number }) | undefined;
  /** Whether every request to a disk was worked off before the guest went on. Else another boot may have other counts. */
  readonly isExact: boolean;
}

const row = /^(newline|kernel|user|mark|unsettled) (\d+) (\d+) (\d+) (\d+)$/;

/** Lines that are no rows (the last may be half-written) are left out. */
export const parseInstructionCounts = (text: string): InstructionCounts => {
  const newlines: (InstructionCount & { readonly bytes: number })[] = [];
  let kernel: InstructionCount | undefined;
  let program: InstructionCount | undefined;
  let mark: InstructionCounts["mark"];
  let isExact = true;
  for (const line of text.split("\n").slice(0, -1)) {
    const fields = row.exec(line);
    if (fields === null) continue;
    const [, what, ...numbers] = fields;
    const [detail = 0, low = 0, high = 0, hostNs = 0] = numbers.map(Number);
    const count = { low, high, hostMs: hostNs / 1e6 };
    if (what === "newline") newlines.push({ bytes: detail, ...count });
    if (what === "kernel") kernel ??= count;
    if (what === "user") program ??= count;
    if (what === "mark") mark ??= { guestNs: detail, ...count };
    if (what === "unsettled") isExact = false;
  }
  return { newlines, kernel, program, mark, isExact };
};
