import { expect, test } from "vitest";
import { emulatedCpuModel } from "../../qemu/emulated-cpu-model.ts";
import { widerCpuModel } from "./wider-cpu-model.ts";

const needs = (level: string) => ({
  kind: "emulator-fault" as const,
  reason: `The guest needs a wider CPU model: CPU does not support x86-64-${level}`,
  witness: "console" as const,
  pattern: "cpu-model" as const,
});

test.each([
  ["tcg", emulatedCpuModel("Nehalem,-cx16"), "v2", emulatedCpuModel("Nehalem")],
  ["tcg", emulatedCpuModel("Nehalem"), "v3", emulatedCpuModel("Haswell-noTSX")],
  ["kvm", "Nehalem", "v3", "Haswell-noTSX"],
  ["tcg", emulatedCpuModel("Nehalem"), "v2", undefined],
  ["tcg", emulatedCpuModel("Haswell-noTSX"), "v4", undefined],
  ["kvm", "host", "v3", undefined],
] as const)(
  "under %s with %s a guest that needs x86-64-%s gets %s",
  (accel, cpuModel, level, wider) => {
    expect(widerCpuModel({ accel, cpuModel }, needs(level))).toBe(wider);
  },
);

test("a failure that says nothing of the CPU asks for no other", () => {
  const failure = { kind: "panic", reason: "x86-64-v3", witness: "console" } as const;
  expect(widerCpuModel({ accel: "tcg", cpuModel: "Nehalem" }, failure)).toBeUndefined();
});
