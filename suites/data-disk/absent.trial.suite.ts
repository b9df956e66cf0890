import { defineTrial, expect, profile, testTrial, unsupported } from "../../harness/index.ts";
import { isVisible } from "./visible-failure.ts";

const { dataDisk } = profile();

const absent = defineTrial(async ({ manifest, tryBoot }) => {
  if (dataDisk === undefined) return unsupported("The profile names no data disk");
  const disks = manifest.disks.filter(({ serial }) => serial !== dataDisk.serial);
  const tried = await tryBoot("no-data-disk", { disks });
  if (tried.kind === "booted") return { kind: "booted" as const };
  const { failure, durationMs, consoleLines } = tried;
  const { missingMessage } = dataDisk;
  if (missingMessage === undefined) return { kind: "failed" as const, failure, durationMs };
  const isMessage = new RegExp(missingMessage);
  const message = consoleLines.find((line) => isMessage.test(line));
  return { kind: "failed" as const, failure, durationMs, message };
});

testTrial(
  absent,
  "data-disk/absent",
  {
    claim: "C28",
    title: "Without its data disk the machine does not become ready, and its console says why",
  },
  (seen, { evidence, figure }) => {
    expect(seen.kind, "how a boot without the data disk ends").toBe("failed");
    if (seen.kind === "booted") return;
    const { failure, durationMs, message } = seen;
    figure("time-to-failure", durationMs, "ms");
    evidence("boot", `${failure.kind}: ${failure.reason}`);
    evidence("console", message ?? "no line that the profile names");
    expect(isVisible(failure), `${failure.kind} is a failure that the machine tells`).toBe(true);
    if (dataDisk?.missingMessage === undefined) return;
    expect(message, "console line that names what is missing").toBeDefined();
  },
);
