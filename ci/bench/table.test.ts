import { expect, test } from "vitest";
import { toTable } from "./table.ts";

test("a target is met, missed, undecided when it lies inside the interval, or tried too few times", () => {
  const target = { atMost: 1.03 };
  const ratio = (name: string, ours: readonly number[]) =>
    ({
      kind: "ratio",
      name,
      unit: "ms",
      target,
      pairs: ours.map((value) => ({ ours: value, bare: 100 })),
    }) as const;
  const table = toTable([
    ratio("quick", [100, 100, 101, 102, 102]),
    ratio("slow", [110, 110, 111, 112, 112]),
    ratio("noisy", [90, 90, 101, 130, 130]),
    ratio("short", [100, 101]),
    { kind: "value", name: "memory", unit: "MB", values: [120], target: { atMost: 150 } },
    { kind: "value", name: "reported only", unit: "s", values: [42] },
  ]);
  expect(table).toMatchInlineSnapshot(`
    "measurement    median  95 % interval    n  target             ours / bare (medians)
    quick          1.010   1.000 – 1.020    5  ≤ 1.03  met        101 / 100 ms
    slow           1.110   1.100 – 1.120    5  ≤ 1.03  missed     111 / 100 ms
    noisy          1.010   0.900 – 1.300    5  ≤ 1.03  undecided  101 / 100 ms
    short          1.005   1.000 – 1.010    2  ≤ 1.03  too few    101 / 100 ms
    memory         120 MB  120 MB – 120 MB  1  ≤ 150   met
    reported only  42.0 s  42.0 s – 42.0 s  1"
  `);
});
