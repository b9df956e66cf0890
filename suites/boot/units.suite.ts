import { deadlineAfter, expect, inconclusive, test, unsupported } from "../../harness/index.ts";

// The ready point may come before the last units: a node is ready to be examined while its kubelet still starts.
const startUpMs = 300_000;

// Part of every run: it is also what asks for the boot when no other suite is selected.
test("boot/units", {
  title: "No systemd unit has failed when the start-up is over",
  timeoutMs: 2 * startUpMs,
}, async ({ agent, machine, evidence }) => {
  if (machine.plan.manifest.ready.kind !== "unit")
    unsupported("The image's ready point is not a systemd unit");
  // Every unit that is part of the start-up has come or failed before this one.
  const { isActive, reason } = await agent.waitForUnitUntil(
    "default.target",
    deadlineAfter(startUpMs),
  );
  evidence("start-up", `default.target: ${reason}`);
  const failed = await agent.failedUnits();
  for (const { name, result, execMainStatus } of failed)
    evidence("unit", `${name}: ${result}, status ${execMainStatus}`);
  expect(failed.map(({ name }) => name)).toEqual([]);
  if (!isActive) inconclusive(`The start-up was not over: default.target: ${reason}`);
});
