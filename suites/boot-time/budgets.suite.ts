import {
  type BootedMachine,
  expect,
  fail,
  inconclusive,
  judgePhase,
  manifest,
  test,
  unsupported,
} from "../../harness/index.ts";

test("boot-time/timeline", {
  title: "The boot has a timeline from power-on to its ready point, each edge with a witness",
}, ({ machine, evidence, figure }) => {
  const { phases, totalMs } = machine.timeline;
  evidence(
    "timeline",
    phases
      .map(({ name, startMs, endMs, witness }) => `${name} ${startMs}–${endMs} ms: ${witness}`)
      .join("\n"),
  );
  figure("total", totalMs, "ms");
  expect(phases.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...expectedPhases(machine)]),
  );
  for (const [index, { name, startMs, endMs }] of phases.entries()) {
    expect(endMs, `end of ${name}`).toBeGreaterThanOrEqual(startMs);
    expect(startMs, `start of ${name}`).toBe(phases[index - 1]?.endMs ?? 0);
  }
});

for (const { phase, budgetMs } of manifest().budgets) {
  test(`boot-time/${phase}`, { claim: "C08", title: `Phase ${phase} keeps its budget` }, ({
    machine,
    slowness,
    figure,
    evidence,
  }) => {
    const measured = machine.timeline.phases.find(({ name }) => name === phase);
    if (measured === undefined) return unsupported(`This boot had no phase ${phase}`);
    const judged = judgePhase(measured, budgetMs[machine.plan.accel], {
      load: machine.load,
      slowness,
    });
    figure("wall", judged.wallMs, "ms");
    figure("adjusted", judged.adjustedMs, "ms");
    figure("idle", judged.idleMs, "ms");
    figure("waited-for-host", judged.waitedMs, "ms");
    figure("budget", budgetMs[machine.plan.accel], "ms");
    figure("slowness", slowness, "x");
    evidence("timeline", judged.reason);
    if (judged.state === "inconclusive") inconclusive(judged.reason);
    if (judged.state === "fail") fail(judged.reason);
  });
}

/** An image whose ready point is no unit may boot without systemd, and print nothing while it does. */
function expectedPhases({ agent, plan }: BootedMachine): string[] {
  const { ready } = plan.manifest;
  if (agent === undefined || ready.kind !== "unit") return [];
  const isNode = ready.unit === "containerd.service";
  return ["kernel", "userspace", ...(isNode ? ["containerd-ready"] : [])];
}
