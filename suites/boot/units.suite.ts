import { expect, test, unsupported } from "../../harness/index.ts";

// Part of every run: it is also what asks for the boot when no other suite is selected.
test("boot/units", { title: "No systemd unit has failed when the machine is ready" }, async ({
  agent,
  machine,
  evidence,
}) => {
  if (machine.plan.manifest.ready.kind !== "unit")
    unsupported("The image's ready point is not a systemd unit");
  const failed = await agent.failedUnits();
  for (const { name, result, execMainStatus } of failed)
    evidence("unit", `${name}: ${result}, status ${execMainStatus}`);
  expect(failed.map(({ name }) => name)).toEqual([]);
});
