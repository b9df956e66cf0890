import { expect, test } from "vitest";
import { parseSchedstat } from "./vcpu-time.ts";

test("nanoseconds come out as milliseconds", () => {
  expect(parseSchedstat("616962951 670359 24\n")).toEqual({
    cpuMs: 616.962951,
    waitedForCpuMs: 0.670359,
  });
});

test("anything else is refused", () => {
  expect(() => parseSchedstat("0 0\n")).toThrow("Expected three numbers in schedstat");
});
