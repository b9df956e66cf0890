import { agentOf, defineTrial, expect, fail, skip, testTrial } from "../../harness/index.ts";
import { expectNothingLeft, leftoversOf } from "../host-containers/leftovers.ts";
import { bootstrapContainers, settled, userDataCredentials } from "./given-user-data.ts";
import { readReport } from "./report.ts";
import { brief, enduring, enduringStatus } from "./user-data.ts";

const limitSeconds = 5;
// Ends by itself, so that an image which does not end it is told from one that hangs. The time between is for a busy
// host: both are the guest's time.
const enduresSeconds = 50;

const neverEnding = defineTrial(async ({ boot }) => {
  const expected = bootstrapContainers();
  const machine = await boot("never-ending-user-data", {
    credentials: userDataCredentials({
      essential: { program: brief("off"), mode: "off" },
      optional: {
        program: enduring("enduring", enduresSeconds),
        mode: "always",
        timeLimitSeconds: limitSeconds,
      },
    }),
  });
  const agent = agentOf(machine);
  await settled(agent);
  const report = await readReport(agent, "enduring");
  const unit = await agent.unit(expected.optional.unit);
  return {
    report,
    off: await readReport(agent, "off"),
    leftovers: await leftoversOf(
      agent,
      {
        mountNamespace: report?.namespaces["mnt"],
        ranUntilMs: unit.stateChangeUs / 1000,
        rootMount: report?.root,
      },
      expected.runtimeUnit,
    ),
    unit,
    consoleLines: machine.consoleLines(),
  };
});

testTrial(
  neverEnding,
  "bootstrap-container/time-limit",
  {
    claim: "C30",
    title: "User data that does not end is ended when its time is over, and nothing is left of it",
  },
  ({ report, leftovers, unit }, { evidence, figure }) => {
    if (report === undefined) return fail("The user data was not run at all");
    const { inactiveExitUs, stateChangeUs } = unit;
    figure("limit", limitSeconds, "s");
    figure("unit-time", (stateChangeUs - inactiveExitUs) / 1e6, "s");
    evidence("user-data", `${report.runs.length} runs, ${report.endedMs ?? "not"} ended by itself`);
    evidence("container", `${report.namespaces["mnt"] ?? ""} ${report.root ?? ""}`);
    expect(report.endedMs, "its own end").toBeUndefined();
    expectNothingLeft(leftovers);
  },
);

testTrial(
  neverEnding,
  "bootstrap-container/optional-failure",
  {
    claim: "C30",
    title:
      "Where user data fails that is not essential the boot goes on, and both the unit and the console tell of it",
  },
  ({ report, unit, consoleLines }, { evidence }) => {
    if (report === undefined) return fail("The user data was not run at all");
    const { exitStatus, timeLimit } = bootstrapContainers().failures;
    // It fails also where it is not ended.
    const wanted = [timeLimit, exitStatus.replace("%s", `${enduringStatus}`)];
    const message = consoleLines.find((line) => wanted.some((text) => line.includes(text)));
    evidence("unit", `${unit.activeState} (${unit.subState}, ${unit.result})`);
    evidence("console", message ?? "nothing");
    expect(unit.activeState).toBe("failed");
    expect(message, `console line with one of ${wanted.join(", ")}`).toBeDefined();
  },
);

testTrial(
  neverEnding,
  "bootstrap-container/off",
  { claim: "C30", title: "User data whose mode is off is not run" },
  ({ report, off }, { evidence }) => {
    // Without this, an image that runs no user data would pass.
    if (report === undefined) return skip("The other container's user data was not run either");
    evidence("user-data", off === undefined ? "no report" : `${off.runs.length} runs`);
    expect(off).toBeUndefined();
  },
);
