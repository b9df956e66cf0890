import { type BootFailure, defineTrial, expect, fail, testTrial } from "../../harness/index.ts";
import { bootstrapContainers, userDataCredentials } from "./given-user-data.ts";
import { failing } from "./user-data.ts";

const status = 7;
/** Failures that only the harness' own deadline ends: the machine itself says nothing. */
const silent: readonly BootFailure["kind"][] = ["hang", "no-agent", "timeout"];

const essentialFailure = defineTrial(async ({ tryBoot }) => {
  const { failures } = bootstrapContainers();
  const wanted = failures.exitStatus.replace("%s", `${status}`);
  const tried = await tryBoot("failing-user-data", {
    credentials: userDataCredentials({ essential: { program: failing(status) } }),
  });
  const consoleLines = tried.kind === "failed" ? tried.consoleLines : tried.machine.consoleLines();
  const message = consoleLines.find((line) => line.includes(wanted));
  return tried.kind === "booted"
    ? { wanted, message }
    : { wanted, message, failure: tried.failure, durationMs: tried.durationMs };
});

testTrial(
  essentialFailure,
  "bootstrap-container/essential-failure",
  {
    claim: "C30",
    title:
      "Where essential user data fails the boot stops, and the console says with which exit status",
  },
  ({ wanted, message, failure, durationMs }, { evidence, figure }) => {
    evidence("console", message ?? "nothing");
    if (failure === undefined) return fail("The boot went on to its end");
    figure("time-to-failure", durationMs, "ms");
    evidence("boot", `${failure.kind}: ${failure.reason}`);
    expect(silent, "failures that the machine does not tell").not.toContain(failure.kind);
    expect(message, `console line with ${wanted}`).toBeDefined();
  },
);
