import { existsSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ResolvedImage, resolveImage } from "../../../images/catalog.ts";
import { loadProfile } from "../../../images/profile/profiles.ts";
import type { InjectionStrategy } from "../../../images/schema.ts";
import { formatSeconds } from "../../core/deadline.ts";
import { UsageError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { judgeBoot } from "../../fixtures/judge-boot.ts";
import { bootMachine } from "../../machine/boot-machine.ts";
import type { BootedMachine } from "../../machine/booted-machine.ts";
import type { DiskContents } from "../../machine/machine-plan.ts";
import { variantOf } from "../../machine/machine-variant.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { machineText } from "../../report/machine-text.ts";
import { phaseNames } from "../../results/timeline-record.ts";
import { exitCodeOf } from "../../verdict/state.ts";
import { withImageFile } from "../image-file-option.ts";
import { type MachineOptions, withMachineOptions } from "../machine-options.ts";
import { attachTerminal } from "./attach-terminal.ts";
import { planRun } from "./plan-run.ts";

export interface BootCommandOptions extends MachineOptions {
  readonly image: string;
  readonly imageFile?: string;
  readonly until?: string;
  readonly console?: boolean;
  readonly accel: "auto" | "kvm" | "tcg";
  readonly injection?: InjectionStrategy;
  readonly out?: string;
  /** What disks hold at power-on in place of what the image or the manifest says; the system's disk can be written then. */
  readonly contents?: DiskContents;
}

/** `bootwright boot`: the guest's console on this terminal until it is ready, has failed, or reaches a phase. */
export const bootImage = async (options: BootCommandOptions): Promise<number> => {
  const until = checkedPhase(options.until);
  const bootDirectory = recordsDirectory(options.out);
  await using runtime = await createRuntimeDirectory();
  const {
    plan: imagePlan,
    toolchain,
    notes,
  } = await planRun(
    withMachineOptions(unjudged(withImageFile(resolveImage(options.image), options)), options),
    {
      accel: options.accel,
      transport: "port",
      ...(options.injection === undefined ? {} : { injection: options.injection }),
    },
  );
  const { contents } = options;
  const plan =
    contents === undefined ? imagePlan : variantOf(imagePlan, { contents, isSystemWritable: true });
  const stop = new AbortController();
  const say = (text: string): boolean => process.stderr.write(`bootwright: ${text}\n`);
  for (const note of notes) say(note);
  say(`booting ${plan.manifest.name} (${plan.accel}); records in ${bootDirectory}`);
  try {
    const outcome = await bootMachine({
      plan,
      toolchain,
      bootId: "01",
      bootDirectory,
      socketsPath: runtime.socketsPath,
      disksPath: runtime.disksPath,
      signal: stop.signal,
      onPhase: (phase) => {
        if (phase === until) stop.abort();
      },
      onConsole: (chunk) => showConsole(chunk),
    });
    if (outcome.kind === "failed") {
      say(
        `boot failed after ${formatSeconds(outcome.durationMs)}: ${outcome.failure.kind}: ${outcome.failure.reason}`,
      );
      return exitCodeOf(judgeBoot(outcome).state);
    }
    await using machine: BootedMachine = outcome.machine;
    const seen = machineText(machine.facts);
    const what = seen === undefined ? "" : `; ${printable(seen, 300)}`;
    say(`ready after ${formatSeconds(outcome.durationMs)}${what}`);
    if (options.console === true) await attachTerminal(machine);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say(`phase ${until} has begun; the machine is gone`);
    return 0;
  }
};

/** Nobody judges the image, so nothing has to be found out for it. */
const unjudged = (resolved: ResolvedImage): ResolvedImage => {
  const { manifest } = resolved;
  const { systemDisk } = manifest;
  return {
    ...resolved,
    manifest: {
      ...manifest,
      systemDisk: systemDisk === "none" ? systemDisk : { ...systemDisk, rootPartition: "none" },
    },
    profile: { kind: "named", profile: loadProfile("generic") },
  };
};

const recordsDirectory = (out: string | undefined): string => {
  if (out === undefined) return mkdtempSync(join(tmpdir(), "bootwright-boot-"));
  const directory = resolve(out);
  if (existsSync(directory) && !isEmptyDirectory(directory)) {
    throw new UsageError(`--out must be a directory that is empty or absent, not ${directory}`, {
      hint: "Name another directory with --out, or remove this one",
    });
  }
  return directory;
};

const isEmptyDirectory = (path: string): boolean =>
  statSync(path).isDirectory() && readdirSync(path).length === 0;

const checkedPhase = (until: string | undefined): string | undefined => {
  if (until === undefined || until === "ready" || phaseNames.some((phase) => phase === until))
    return until;
  throw new UsageError(`--until must be a phase, not ${JSON.stringify(until)}`, {
    hint: `Phases are: ${phaseNames.join(", ")}, ready`,
  });
};

// To a pipe the bytes go as they are, for other programs; to a terminal line by line with escapes made visible, because
// a guest's escape sequences can rewrite what the terminal shows, or type into it.
const showConsole = (chunk: Uint8Array): void => {
  if (process.stdout.isTTY !== true) {
    process.stdout.write(chunk);
    return;
  }
  const text = Buffer.from(chunk).toString("utf8");
  process.stdout.write(
    text
      .split(/\r?\n/)
      .map((line) => printable(line))
      .join("\n"),
  );
};
