import { expect, test } from "vitest";
import { machinesAtOnce } from "./machines-at-once.ts";

const machine = { cpus: 2, memoryMiB: 1024 };

test.each([
  { cores: 2, availableMiB: 24_000, expected: 1, why: "a core for each vCPU" },
  { cores: 4, availableMiB: 24_000, expected: 2, why: "two machines fit" },
  { cores: 32, availableMiB: 120_000, expected: 2, why: "no more than two" },
  { cores: 32, availableMiB: 4095, expected: 1, why: "memory for one, and a reserve" },
  { cores: 32, availableMiB: 4096, expected: 2, why: "memory for two, and a reserve" },
  { cores: 1, availableMiB: 500, expected: 1, why: "one is tried anywhere" },
])("$expected on $cores cores with $availableMiB MiB: $why", ({ expected, ...host }) => {
  expect(machinesAtOnce(machine, host)).toBe(expected);
});

test("machines with one vCPU need one core each", () => {
  expect(machinesAtOnce({ ...machine, cpus: 1 }, { cores: 2, availableMiB: 24_000 })).toBe(2);
});
