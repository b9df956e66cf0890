import type { BenchLine } from "./measurement.ts";

/** One benchmark: programs that are run one after the other. */
export interface Benchmark {
  readonly name: string;
  readonly what: string;
  /** Takes minutes or rebuilds things: only with --all or by name. */
  readonly isLong: boolean;
  readonly programs: (pairs: number) => readonly Program[];
}

export interface Program {
  readonly argv: readonly string[];
  /** Turns the program's output into lines; default: it prints them itself, as JSON. */
  readonly parse?: (stdout: string, elapsedMs: number) => readonly BenchLine[];
}

const node = process.execPath;
const aQuarter = (pairs: number): number => Math.max(1, Math.round(pairs / 4));

export const benchmarks: readonly Benchmark[] = [
  {
    name: "boot",
    what: "power-on to agent, Bootwright ÷ bare: --pairs on probe, a quarter of them on reference",
    isLong: false,
    programs: (pairs) =>
      (
        [
          ["probe", pairs],
          ["reference", aQuarter(pairs)],
        ] as const
      ).map(([image, count]) => ({
        argv: [node, "harness/machine/bench/boot-to-agent.ts", image, String(count)],
      })),
  },
  ...(["port", "uart", "exec"] as const).map((what) => ({
    name: what,
    what:
      what === "exec"
        ? "exec of a program that does nothing, agent ÷ bare"
        : `bulk data over the ${what}, agent ÷ bare`,
    isLong: false,
    programs: (pairs: number) => [
      { argv: [node, "harness/agent/bench/against-raw.ts", what, String(pairs)] },
    ],
  })),
  {
    name: "console",
    what: "console engine, 1 GB of each flood",
    isLong: false,
    programs: () =>
      ["kernel", "program", "failures"].map((flood) => ({
        argv: [node, "harness/console/bench/console-throughput.ts", "1000", flood],
        parse: consoleLines,
      })),
  },
  {
    name: "power-cuts",
    what: "states after a power cut, made and judged per second, of a small disk",
    isLong: false,
    programs: (pairs) => [
      {
        argv: [node, "harness/power-cut/bench/states-per-second.bench.ts", String(aQuarter(pairs))],
      },
    ],
  },
  {
    name: "history",
    what: "history of 100,000 boots: import, export, queries",
    isLong: false,
    programs: () => [{ argv: [node, "harness/budget/history/bench/history.bench.ts", "100000"] }],
  },
  {
    name: "cpu",
    what: "processor time of `bootwright run` while its guest boots",
    isLong: false,
    programs: (pairs) =>
      (
        [
          ["probe", aQuarter(pairs)],
          ["reference", 1],
        ] as const
      ).map(([image, count]) => ({
        argv: [node, "harness/cli/bench/cpu-while-booting.ts", image, String(count)],
      })),
  },
  {
    name: "check",
    what: "seconds of npm run check",
    isLong: true,
    programs: () => [
      { argv: ["npm", "run", "check"], parse: seconds("npm run check", { atMost: 60 }) },
    ],
  },
  {
    name: "quickstart",
    what: "seconds of ci/quickstart with a warm cache",
    isLong: true,
    programs: () => [
      { argv: ["ci/quickstart"], parse: seconds("ci/quickstart, warm", { atMost: 120 }) },
    ],
  },
];

/** `kernel: 186 MB per CPU second, …, max RSS 92 MB` */
const consoleLines = (stdout: string): readonly BenchLine[] => {
  const [, flood, speed] = /^(\w+): (\d+) MB per CPU second/m.exec(stdout) ?? [];
  const [, rss] = /max RSS (\d+) MB/.exec(stdout) ?? [];
  return [
    {
      kind: "value",
      name: `console engine, ${flood} lines`,
      unit: "MB/s",
      values: [Number(speed)],
      target: { atLeast: 50 },
    },
    {
      kind: "value",
      name: `console engine, ${flood} lines, max RSS`,
      unit: "MB",
      values: [Number(rss)],
      target: { atMost: 150 },
    },
  ];
};

const seconds =
  (name: string, target: { readonly atMost: number }) =>
  (_stdout: string, elapsedMs: number): readonly BenchLine[] => [
    { kind: "value", name, unit: "s", values: [elapsedMs / 1000], target },
  ];
