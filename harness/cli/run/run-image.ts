import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ResolvedImage, resolveImage } from "../../../images/catalog.ts";
import type { InjectionStrategy } from "../../../images/schema.ts";
import { suitesOf } from "../../../images/suites-of.ts";
import { hostClock } from "../../core/clock.ts";
import { UsageError } from "../../core/errors.ts";
import { sha256OfText } from "../../core/sha256.ts";
import { tempParent } from "../../core/tmp.ts";
import type { RunContext } from "../../fixtures/run-context.ts";
import { digestOf, pathOf, sizeOf } from "../../machine/prepare-image.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { toJunit } from "../../report/junit.ts";
import { toSummary } from "../../report/summary.ts";
import { toTap } from "../../report/tap.ts";
import type { HostFacts, RunRecord } from "../../results/run-record.ts";
import { type RunFacts, startRunRecorder } from "../../results/run-recorder.ts";
import { withImageFile } from "../image-file-option.ts";
import { type MachineOptions, withMachineOptions } from "../machine-options.ts";
import { withProfileOption } from "../profile-option.ts";
import { createProgress } from "../progress/progress.ts";
import { toolVersion } from "../version.ts";
import { claimOut } from "./claim-out.ts";
import { conformanceContext } from "./conformance-context.ts";
import { hostFacts } from "./host-facts.ts";
import { influencesOf } from "./influences.ts";
import { type MeasuringOptions, measuringContext } from "./measuring-context.ts";
import { onInterrupt } from "./on-interrupt.ts";
import { type PlannedRun, planRun } from "./plan-run.ts";
import { recordSuites } from "./record-suites.ts";
import { releasesContext } from "./releases-context.ts";
import { slownessOf } from "./slowness.ts";
import { selectSuiteFiles } from "./suite-files.ts";

export interface RunOptions extends MachineOptions, MeasuringOptions {
  readonly image: string;
  /** Default: that of the manifest. */
  readonly imageFile?: string;
  /** Default: the manifest's. */
  readonly profile?: string;
  /** Empty: those of the profile. */
  readonly suite: readonly string[];
  /** false: only the checks of the image's file are run, and nothing is booted. */
  readonly boot: boolean;
  readonly level: "quick" | "standard" | "full";
  readonly accel: "auto" | "kvm" | "tcg";
  readonly transport: "port" | "uart";
  readonly injection?: InjectionStrategy;
  readonly grep?: string;
  /** Globs of check ids: trials, which boot machines of their own, and the suite `boot` are made for such checks only. */
  readonly trialsOf?: readonly string[];
  readonly out?: string;
}

/** One `bootwright run`: boots the image, runs the suites, leaves a complete run directory and prints the summary. */
export const runImage = async (options: RunOptions): Promise<RunRecord> => {
  refuseBadRegex(options.grep);
  if (options.suite.length > 0) selectSuiteFiles(options.suite, options);
  const resolved = resolveOptions(options);
  const known = knownSuites(resolved);
  if (options.suite.length === 0 && known !== undefined) selectSuiteFiles(known, options);
  using out = claimOut(options.out ?? defaultOut(resolved.manifest.name));
  const { directory } = out;
  let record = (_why: string): void => out[Symbol.dispose]();
  using _signals = onInterrupt((signal) => record(`Stopped by ${signal}`));
  await using runtime = await createRuntimeDirectory();
  const planned = await planRun(resolved, options);
  const { suites } = planned.plan.manifest;
  const selected = selectSuiteFiles(options.suite.length > 0 ? options.suite : suites, options);
  const conformance = await conformanceContext(selected, {
    level: options.level,
    profile: planned.profile,
  });
  const releases = await releasesContext(selected, {
    image: resolved.name,
    manifest: planned.plan.manifest,
    profile: planned.profile,
    files: planned.plan.files,
    trialsOf: options.trialsOf,
  });
  const facts = await runFacts(planned, options);
  const measuring = await measuringContext(selected, options, {
    image: options.image,
    accel: planned.plan.accel,
    qemuVersion: facts.host.qemuVersion,
  });
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
  record = (why) => void recorder.interrupt(why);
  for (const text of [...resolved.notes, ...planned.notes, ...notesOn(facts.host)])
    recorder.record({ kind: "note", level: "info", text });
  const context: RunContext = {
    runDirectory: directory,
    socketsPath: runtime.socketsPath,
    disksPath: runtime.disksPath,
    plan: planned.plan,
    profile: planned.profile,
    level: options.level,
    slowness: slownessOf(planned.accelerator),
    channel: `bootwright-${process.pid}-${hostClock.nowMs()}`,
    ...(options.grep === undefined ? {} : { grep: options.grep }),
    ...(conformance === undefined ? {} : { conformance }),
    ...(measuring === undefined ? {} : { measuring }),
    ...(releases.length === 0 ? {} : { releases }),
    ...(options.trialsOf === undefined ? {} : { trialsOf: options.trialsOf }),
  };
  const run = await recordSuites(recorder, selected, context);
  progress[Symbol.dispose]();
  process.stdout.write(
    `${toSummary(run, { directory, colour: wantsColour() && process.stdout.isTTY === true })}\n`,
  );
  return run;
};

const resolveOptions = (options: RunOptions): ResolvedImage => {
  const resolved = withImageFile(resolveImage(options.image), options);
  return withMachineOptions(withProfileOption(resolved, options), options);
};

/** Undefined where the image itself decides. */
const knownSuites = ({ manifest, profile }: ResolvedImage): readonly string[] | undefined =>
  profile.kind === "detect" ? manifest.suites : suitesOf(manifest, profile.profile);

const notesOn = ({ accel, accelReason }: HostFacts): readonly string[] => [
  `Accelerator ${accel}: ${accelReason}`,
  ...(tempParent() === tmpdir()
    ? []
    : [`Sockets are in ${tempParent()}: TMPDIR ${tmpdir()} is too long a path for them`]),
];

const runFacts = async (planned: PlannedRun, options: RunOptions): Promise<RunFacts> => {
  const { plan, profile, identity, accelerator, toolchain } = planned;
  return {
    tool: { name: "bootwright", version: toolVersion },
    image: {
      name: plan.manifest.name,
      path: pathOf(plan.files),
      format: plan.files.kind === "disk" ? plan.files.format : "kernel",
      sizeBytes: sizeOf(plan.files),
      sha256Before: await digestOf(plan.files),
      ...(identity === undefined ? {} : { osRelease: identity.osRelease }),
    },
    planDigest: sha256OfText(
      JSON.stringify([plan, options.suite, options.level, options.grep ?? "", options.boot]),
    ),
    profile: profile.name,
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
      hint: "It is matched against check ids; quote characters such as ( with a backslash",
      cause,
    });
  }
};

const defaultOut = (image: string): string =>
  join("bootwright-runs", `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-${image}`);

const wantsColour = (): boolean => process.env["NO_COLOR"] === undefined;
