import { expect, test } from "vitest";
import type { PhaseEvent } from "../console/console-event.ts";
import { buildCostTimeline, type CostTimelineInput } from "./cost-timeline.ts";
import { parseInstructionCounts } from "./instruction-counts.ts";

const console = [
  "SeaBIOS",
  "GRUB loading",
  "[    0.000000] Linux version 6.12",
  "[    2.000000] systemd[1]: Running in initrd.",
  "Welcome to Debian!",
  "         Starting \u001b[0;1;39mcontainerd.service\u001b[0m - runtime...",
  "[  OK  ] Started \u001b[0;1;39mcontainerd.service\u001b[0m - runtime.",
  "",
].join("\n");

/** A line feed each second, and 100 instructions in each half of the address space before each. */
const newlines = console
  .split("\n")
  .slice(0, -1)
  .map((_, index, lines) => {
    const bytes = lines.slice(0, index + 1).join("\n").length + 1;
    const count = (index + 1) * 100;
    return `newline ${bytes} ${count} ${count} ${(index + 1) * 1e9}`;
  });

const phase = (name: PhaseEvent["phase"], line: number): PhaseEvent => ({
  ...{ kind: "phase", phase: name, boot: 1, line, atMs: 0, text: "", kernelTimeS: undefined },
});

const input = (rows: readonly string[], changes: Partial<CostTimelineInput> = {}) => ({
  counts: parseInstructionCounts(`${[...newlines, ...rows].join("\n")}\n`),
  console: Buffer.from(console),
  consolePhases: [
    phase("firmware", 1),
    phase("loader", 2),
    phase("kernel", 3),
    phase("initrd", 4),
    phase("userspace", 5),
  ],
  readyUnit: "containerd.service",
  poweredOnMs: 500,
  readyMs: 9000,
  comparability: "same",
  ...changes,
});

const rows = [
  "kernel 0 210 150 2500000000",
  "user 0 310 290 3500000000",
  "mark 3000000 720 700 8000000000",
];

test("phases are cut where the guest executed something, and add up", () => {
  expect(buildCostTimeline(input(rows))).toEqual({
    schemaVersion: 1,
    phases: [
      {
        name: "firmware",
        startMs: 0,
        endMs: 500,
        cost: 200,
        witness: "console line 2 (first byte)",
      },
      {
        name: "loader",
        startMs: 500,
        endMs: 2000,
        cost: 160,
        witness: "first instruction in the kernel's half",
      },
      {
        name: "kernel",
        startMs: 2000,
        endMs: 3000,
        cost: 240,
        witness: "first instruction of a program",
      },
      {
        name: "initrd",
        startMs: 3000,
        endMs: 3500,
        cost: 200,
        witness: "console line 5 (first byte)",
      },
      {
        name: "userspace",
        startMs: 3500,
        endMs: 4500,
        cost: 200,
        witness: "console line 6 (first byte)",
      },
      {
        name: "containerd-ready",
        startMs: 4500,
        endMs: 7500,
        cost: 420,
        witness: "mark of the guest agent, which waits for containerd.service",
      },
    ],
    totalMs: 7500,
    totalCost: 410,
    idleMs: (3_000_000 - 1420) / 1e6,
    accel: "tcg",
    measure: "cost",
    comparability: "same",
  });
});

test("without an agent the console's word for the ready unit ends the boot, and nothing tells of idle time", () => {
  const { totalCost, idleMs, phases } = buildCostTimeline(input(rows.slice(0, 2)));
  expect({ totalCost, idleMs, last: phases.at(-1) }).toEqual({
    totalCost: 600 - 310,
    idleMs: undefined,
    last: {
      name: "containerd-ready",
      startMs: 4500,
      endMs: 5500,
      cost: 200,
      witness: "console line 7 (first byte)",
    },
  });
});

test("a boot that nothing ends, and one whose counts are not exact, have no total", () => {
  const totalOf = (changed: ReturnType<typeof input>) => buildCostTimeline(changed).totalCost;
  expect([
    totalOf(input(rows.slice(0, 2), { readyUnit: undefined })),
    totalOf(input([...rows, "unsettled 0 1 1 1"])),
    totalOf(input(["kernel 0 210 150 2500000000"])),
  ]).toEqual([undefined, undefined, undefined]);
});

test("a console that is not what was counted tells nothing", () => {
  const other = Buffer.from(console.replaceAll("\n", " "));
  const { phases } = buildCostTimeline(input(rows, { console: other }));
  expect(phases.map(({ name }) => name)).toEqual(["firmware", "kernel", "initrd"]);
});

test("a boot without an initrd goes from kernel to userspace at the first instruction of a program", () => {
  const { phases } = buildCostTimeline(
    input(rows, { consolePhases: [phase("kernel", 3), phase("userspace", 5)] }),
  );
  expect(phases.map(({ name, cost }) => [name, cost])).toEqual([
    ["firmware", 360],
    ["kernel", 240],
    ["userspace", 400],
    ["containerd-ready", 420],
  ]);
});
