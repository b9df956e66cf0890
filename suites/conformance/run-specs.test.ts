import { expect, test } from "vitest";
import type { AgentClient, BootedMachine, ExecResult } from "../../harness/index.ts";
import { runSpecs, type SpecProgram, type SpecRunOptions, type SpecSeen } from "./run-specs.ts";
import { focusOf, type SelectedSpec } from "./selected-spec.ts";

type VcpuSample = BootedMachine["load"][number];

const specs: readonly SelectedSpec[] = ["one", "two", "three"].map((name) => ({
  id: `containerd/critest/${name}`,
  name: `[k8s.io] ${name}`,
}));
const line = "-".repeat(30);
const passed = (name: string) => `${line}\n• [1.000 seconds]\n[k8s.io] ${name}\n${line}\n`;
const slow = (name: string) => `    [k8s.io] ${name} (Spec Runtime: 60.0s)\n`;

const end = (ran: number) => `\nRan ${ran} of 122 Specs in 40.782 seconds\n`;

const result = (code: number, stdout = ""): ExecResult => ({
  exit: { kind: "exited", code },
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  isTruncated: false,
  elapsedMs: 1,
  userMs: 1,
  systemMs: 1,
  maxRssKiB: 1,
});

/** critest as far as the agent shows it: each start prints a text, and then ends or says nothing any more. */
const agentOf = (starts: readonly { readonly text: string; readonly hangs?: boolean }[]) => {
  const focuses: string[] = [];
  const exec: AgentClient["exec"] = async (argv, options = {}) => {
    if (argv[0] === "/usr/bin/journalctl") return result(0, "the journal");
    const start = starts[focuses.length];
    focuses.push(argv.find((one) => one.startsWith("-ginkgo.focus=")) ?? "");
    await options.onStdout?.(Buffer.from(start?.text ?? ""));
    if (start?.hangs === true) {
      const { promise, reject } = Promise.withResolvers<never>();
      options.deadline?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      await promise;
    }
    return result(0);
  };
  return { agent: { exec }, focuses };
};

const machine = { load: [], sampleLoad: () => undefined };

const program: SpecProgram = {
  name: "critest",
  command: (wanted) => ["/bin/critest", `-ginkgo.focus=${focusOf(wanted)}`],
  env: {},
  cwd: "/",
};

const ran = async (
  starts: Parameters<typeof agentOf>[0],
  options: Partial<SpecRunOptions> = {},
) => {
  const { agent, focuses } = agentOf(starts);
  const seen = new Map<string, SpecSeen>();
  const run = await runSpecs(machine, agent, specs, {
    program,
    slowness: 1,
    onSeen: ({ name }, one) => seen.set(name, one),
    ...options,
  });
  const states = [...seen].map(([name, { state }]) => `${name} ${state}`);
  return { run, focuses, states, seen };
};

test("each spec is told once, and those that nobody asked for are named", async () => {
  const { run, states } = await ran([
    { text: ["one", "two", "three", "one", "more"].map(passed).join("") },
  ]);
  expect(states).toEqual(["[k8s.io] one passed", "[k8s.io] two passed", "[k8s.io] three passed"]);
  expect({ starts: run.starts, unknown: run.unknown }).toEqual({
    starts: 1,
    unknown: ["[k8s.io] more"],
  });
});

test("a spec that runs is told once, and not when it is over", async () => {
  const running: string[] = [];
  const text = slow("one") + slow("two") + slow("one") + passed("one") + slow("one");
  await ran([{ text: text + passed("two") + passed("three") }], {
    onRunning: ({ name }) => running.push(name),
  });
  expect(running).toEqual(["[k8s.io] one", "[k8s.io] two"]);
});

test("a spec that hangs is given up with what the guest says, and the others are run", async () => {
  const { run, states, focuses, seen } = await ran(
    [{ text: passed("one") + slow("two"), hangs: true }, { text: passed("three") }],
    { silentMs: 30 },
  );
  expect(states).toEqual(["[k8s.io] one passed", "[k8s.io] two hung", "[k8s.io] three passed"]);
  expect(run.starts).toBe(2);
  expect(focuses[1]).toBe("-ginkgo.focus=(?:\\[k8s\\.io\\] three)$");
  expect(seen.get("[k8s.io] two")?.output).toContain("the journal");
});

test("where the program does not say what hangs, nothing is said of what is left", async () => {
  const { states, run } = await ran([{ text: passed("one"), hangs: true }], { silentMs: 30 });
  expect(states).toEqual(["[k8s.io] one passed", "[k8s.io] two unrun", "[k8s.io] three unrun"]);
  expect(run.brokeOff?.reason).toContain("the journal");
  expect(run.brokeOff?.isStarved).toBe(false);
});

test("specs that run when the time of all is over are at no fault, and the others were not run", async () => {
  const late = `${line}\n• [TIMEDOUT] [9.000 seconds]\n[k8s.io] one\n\n  [TIMEDOUT] A suite timeout occurred\n${line}\n`;
  const { states } = await ran([{ text: passed("two") + late + end(2) }]);
  expect(states).toEqual(["[k8s.io] two passed", "[k8s.io] one unrun", "[k8s.io] three unrun"]);
});

test("a spec that ran out of its own time is told so, and the others are run", async () => {
  const late = `${line}\n• [TIMEDOUT] [9.000 seconds]\n[k8s.io] one\n\n  [TIMEDOUT] A spec timeout occurred\n${line}\n`;
  const { states } = await ran([{ text: late + passed("two") + passed("three") + end(3) }]);
  expect(states).toEqual(["[k8s.io] one timedout", "[k8s.io] two passed", "[k8s.io] three passed"]);
});

test("after a spec that was interrupted the others were not run", async () => {
  const interrupted = `${line}\n• [INTERRUPTED] [1.000 seconds]\n[k8s.io] one\n${line}\n`;
  const { states } = await ran([{ text: interrupted + end(1) }]);
  expect(states).toEqual([
    "[k8s.io] one interrupted",
    "[k8s.io] two unrun",
    "[k8s.io] three unrun",
  ]);
});

test("where what comes before all specs fails, that is the end of the run and of each spec", async () => {
  const text = `${line}\n[BeforeSuite] [FAILED] [0.100 seconds]\n[BeforeSuite] \nutil.go:98\n\n  no socket\n${line}\n`;
  const { run, states } = await ran([{ text: text + end(0) }]);
  expect(states).toEqual(["[k8s.io] one failed", "[k8s.io] two failed", "[k8s.io] three failed"]);
  expect(run.brokeOff).toEqual({
    reason: expect.stringContaining("no socket"),
    isStarved: false,
  });
});

test("a spec that its program leaves out is absent, and lost where it did not come to its end", async () => {
  expect((await ran([{ text: "panic: no flag\n" }])).states).toEqual([
    "[k8s.io] one lost",
    "[k8s.io] two lost",
    "[k8s.io] three lost",
  ]);
  expect((await ran([{ text: passed("two") + end(1) }])).states).toEqual([
    "[k8s.io] two passed",
    "[k8s.io] one absent",
    "[k8s.io] three absent",
  ]);
});

test("a spec in whose time the machine waited for the host longer than it ran is told to be starved", async () => {
  const load: VcpuSample[] = [];
  const waits = [0, 100, 5000];
  const starving = {
    load,
    sampleLoad: () => {
      const atMs = load.length * 1000;
      load.push({ atMs, cpuMs: atMs, waitedMs: waits[load.length] ?? 0 });
      return load.at(-1);
    },
  };
  const { agent } = agentOf([{ text: passed("one") + passed("two") + end(2) }]);
  const starved: string[] = [];
  await runSpecs(starving, agent, specs.slice(0, 2), {
    program,
    slowness: 1,
    onSeen: ({ name }, { isStarved }) => starved.push(`${name} ${isStarved}`),
  });
  expect(starved).toEqual(["[k8s.io] one false", "[k8s.io] two true"]);
});

test("what a spec waited for in vain is judged by the load of that wait, and the end of the program by that of its silence", async () => {
  const load = [
    { atMs: 0, cpuMs: 0, waitedMs: 0 },
    { atMs: 1000, cpuMs: 1000, waitedMs: 5000 },
    { atMs: 2000, cpuMs: 2000, waitedMs: 5100 },
  ];
  const calmAtLast = { load, sampleLoad: () => load.at(-1) };
  const failed = (name: string, why: string) =>
    `${line}\n• [FAILED] [2.000 seconds]\n[k8s.io] ${name}\n\n  [FAILED] ${why}\n${line}\n`;
  const text = failed("one", "Timed out after 1.000s.") + failed("two", "DeadlineExceeded");
  const { agent } = agentOf([{ text, hangs: true }]);
  const starved: string[] = [];
  const run = await runSpecs(calmAtLast, agent, specs, {
    program,
    slowness: 1,
    silentMs: 500,
    onSeen: ({ name }, { isStarved }) => starved.push(`${name} ${isStarved}`),
  });
  expect(starved).toEqual(["[k8s.io] one false", "[k8s.io] two true", "[k8s.io] three false"]);
  expect(run.brokeOff?.isStarved).toBe(false);
});
