import { once } from "node:events";
import { join } from "node:path";
import { hostClock } from "../../core/clock.ts";
import { UsageError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { sha256OfText } from "../../core/sha256.ts";
import { listenRunChannel, type RunMessage } from "../../fixtures/run-channel.ts";
import type { RunContext } from "../../fixtures/run-context.ts";
import { digestOf, pathOf, sizeOf } from "../../machine/prepare-image.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { toJunit } from "../../report/junit.ts";
import { toSummary } from "../../report/summary.ts";
import { toTap } from "../../report/tap.ts";
import { createRunDirectory } from "../../results/run-directory.ts";
import type { RunRecord } from "../../results/run-record.ts";
import { type RunFacts, type RunRecorder, startRunRecorder } from "../../results/run-recorder.ts";
import { createProgress } from "../progress/progress.ts";
import { toolVersion } from "../version.ts";
import { hostFacts } from "./host-facts.ts";
import { influencesOf } from "./influences.ts";
import { onInterrupt } from "./on-interrupt.ts";
import { type PlannedRun, planRun } from "./plan-run.ts";
import { runSuites } from "./run-suites.ts";
import { slownessOf } from "./slowness.ts";
import { suiteFiles } from "./suite-files.ts";

export interface RunOptions {
  readonly image: string;
  /** Empty: those of the profile. */
  readonly suite: readonly string[];
  readonly level: "quick" | "standard" | "full";
  readonly accel: "auto" | "kvm" | "tcg";
  readonly transport: "port" | "uart";
  readonly grep?: string;
  readonly out?: string;
}

/** One `bootwright run`: boots the image, runs the suites, leaves a complete run directory and prints the summary. */
export const runImage = async (options: RunOptions): Promise<RunRecord> => {
  refuseBadRegex(options.grep);
  suiteFiles(options.suite);
  const planned = await planRun(options);
  const { manifest } = planned.plan;
  const suites = options.suite.length > 0 ? options.suite : manifest.suites;
  const selected = suiteFiles([...new Set(["boot", ...suites])]);
  for (const note of planned.prepared.resolved.notes)
    process.stderr.write(`note: ${printable(note)}\n`);
  const directory = createRunDirectory(options.out ?? defaultOut(manifest.name));
  await using runtime = await createRuntimeDirectory();
  const facts = await runFacts(planned, options);
  using progress = createProgress({
    isTty: process.stdout.isTTY === true,
    columns: () => process.stdout.columns ?? 80,
    write: (text) => process.stdout.write(text),
    clock: hostClock,
    colour: wantsColour(),
  });
  await using recorder = startRunRecorder(directory, facts, {
    reports: [
      { fileName: "junit.xml", render: toJunit },
      { fileName: "results.tap", render: toTap },
    ],
    onEvent: (event) => progress.onEvent(event),
  });
  recorder.record({
    kind: "note",
    level: "info",
    text: `Accelerator ${facts.host.accel}: ${facts.host.accelReason}`,
  });
  using _signals = onInterrupt((signal) => recorder.interrupt(`Stopped by ${signal}`));
  const context: RunContext = {
    runDirectory: directory,
    socketsPath: runtime.socketsPath,
    disksPath: runtime.disksPath,
    plan: planned.plan,
    profile: planned.prepared.resolved.profile,
    level: options.level,
    slowness: slownessOf(planned.accelerator),
    channel: `bootwright-${process.pid}-${hostClock.nowMs()}`,
    ...(options.grep === undefined ? {} : { grep: options.grep }),
  };
  const run = await recordSuites(recorder, selected, context, planned);
  progress[Symbol.dispose]();
  process.stdout.write(
    `${toSummary(run, { directory, colour: wantsColour() && process.stdout.isTTY === true })}\n`,
  );
  return run;
};

const recordSuites = async (
  recorder: RunRecorder,
  files: readonly string[],
  context: RunContext,
  planned: PlannedRun,
): Promise<RunRecord> => {
  const end = Promise.withResolvers<void>();
  let finished = 0;
  using _channel = listenRunChannel(context.channel, (message: RunMessage) => {
    if (message.kind === "event") recorder.record(message.event);
    else if (message.kind === "boot") recorder.bootFinished(message.boot);
    else if (message.kind === "facts") recorder.amend(message.facts);
    else if (message.kind === "end") end.resolve();
    else {
      recorder.checkFinished(message.check);
      finished += 1;
    }
  });
  const { planned: checks, problems: suiteProblems } = await runSuites(files, context, (count) =>
    recorder.amend({ checksPlanned: count + 1 }),
  );
  // A worker that registered no check never opened the channel.
  if (checks > 0) await Promise.race([end.promise, once(AbortSignal.timeout(5000), "abort")]);
  recorder.amend({
    image: { ...recorder.run().image, sha256After: await digestOf(planned.plan.files) },
  });
  const problems = [...suiteProblems];
  const { image } = recorder.run();
  if (image.sha256After !== image.sha256Before) {
    problems.push(`The image file changed during the run: ${image.path}`);
  }
  if (problems.length > 0) {
    return recorder.finish({ verdict: "error", reason: printable(problems.join("; "), 4000) });
  }
  if (checks > 0 && finished < checks) {
    const reason = `${checks - finished} of ${checks} checks left no record`;
    return recorder.finish({ verdict: "error", reason });
  }
  return recorder.finish();
};

const runFacts = async (planned: PlannedRun, options: RunOptions): Promise<RunFacts> => {
  const { plan, prepared, accelerator, toolchain } = planned;
  return {
    tool: { name: "bootwright", version: toolVersion },
    image: {
      name: plan.manifest.name,
      path: pathOf(plan.files),
      format: plan.files.kind === "disk" ? plan.files.format : "kernel",
      sizeBytes: sizeOf(plan.files),
      sha256Before: await digestOf(plan.files),
    },
    planDigest: sha256OfText(
      JSON.stringify([plan, options.suite, options.level, options.grep ?? ""]),
    ),
    profile: prepared.resolved.profile.name,
    level: options.level,
    host: hostFacts(accelerator, toolchain),
    injection: { strategy: plan.agent.kind, influences: influencesOf(plan.agent) },
    protocol: {},
  };
};

const refuseBadRegex = (grep: string | undefined): void => {
  if (grep === undefined) return;
  try {
    new RegExp(grep);
  } catch (cause) {
    throw new UsageError(`--grep must be a regular expression, not ${JSON.stringify(grep)}`, {
      cause,
    });
  }
};

const defaultOut = (image: string): string =>
  join("bootwright-runs", `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-${image}`);

const wantsColour = (): boolean => process.env["NO_COLOR"] === undefined;
