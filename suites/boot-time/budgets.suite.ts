import {
  type BootedMachine,
  expect,
  fail,
  hasSecureBoot,
  inconclusive,
  judgePhase,
  manifest,
  test,
  unseenAfter,
  unsupported,
} from "../../harness/index.ts";

// Phases that the console tells of. Without a look at them a boot keeps a budget by not showing the phase, as `quiet`
// does with the initrd.
const toldByConsole = ["firmware", "loader", "kernel", "initrd", "userspace"];
const promised = manifest()
  .budgets.map(({ phase }) => phase)
  .filter((phase) => toldByConsole.includes(phase));

test("boot-time/timeline", {
  title:
    "The boot has a timeline from power-on to its ready point, with all phases that have a budget",
}, ({ machine, evidence, figure }) => {
  const { phases, totalMs } = machine.timeline;
  evidence(
    "timeline",
    phases
      .map(({ name, startMs, endMs, witness }) => `${name} ${startMs}–${endMs} ms: ${witness}`)
      .join("\n"),
  );
  figure("total", totalMs, "ms");
  const seen = new Set<string>(phases.map(({ name }) => name));
  const unseen = expectedPhases(machine).filter((name) => !seen.has(name));
  expect(unseen, "phases that were not seen").toEqual([]);
  for (const [index, { name, startMs, endMs }] of phases.entries()) {
    expect(endMs, `end of ${name}`).toBeGreaterThanOrEqual(startMs);
    expect(startMs, `start of ${name}`).toBe(phases[index - 1]?.endMs ?? 0);
  }
});

for (const { phase, budgetMs, secureBootMs = budgetMs } of manifest().budgets) {
  test(`boot-time/${phase}`, { claim: "C08", title: `Phase ${phase} keeps its budget` }, ({
    machine,
    slowness,
    figure,
    evidence,
  }) => {
    const measured = machine.timeline.phases.find(({ name }) => name === phase);
    if (measured === undefined) return unsupported(`This boot had no phase ${phase}`);
    const unseen = unseenAfter(phase, promised, machine.timeline.phases);
    if (unseen.length > 0) {
      return unsupported(`The end of ${phase} was not seen, for ${unseen.join(" and ")} was not`);
    }
    const { accel, manifest: booted } = machine.plan;
    const limitMs = (hasSecureBoot(booted.machine) ? secureBootMs : budgetMs)[accel];
    const judged = judgePhase(measured, limitMs, {
      load: machine.load,
      slowness,
    });
    figure("wall", judged.wallMs, "ms");
    figure("adjusted", judged.adjustedMs, "ms");
    figure("idle", judged.idleMs, "ms");
    figure("waited-for-host", judged.waitedMs, "ms");
    figure("budget", limitMs, "ms");
    figure("slowness", slowness, "x");
    evidence("timeline", judged.reason);
    if (judged.state === "inconclusive") inconclusive(judged.reason);
    if (judged.state === "fail") fail(judged.reason);
  });
}

/** What the manifest has a budget for and the console tells, and what systemd tells the agent. */
function expectedPhases({ agent, plan }: BootedMachine): string[] {
  const { ready } = plan.manifest;
  // An image whose ready point is no unit may boot without systemd.
  if (agent === undefined || ready.kind !== "unit") return promised;
  const isNode = ready.unit === "containerd.service";
  return [...promised, "kernel", "userspace", ...(isNode ? ["containerd-ready"] : [])];
}
