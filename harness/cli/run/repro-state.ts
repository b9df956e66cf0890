import { existsSync } from "node:fs";
import { join } from "node:path";
import { resolveImage } from "../../../images/catalog.ts";
import type { Backing } from "../../../qemu/machine-spec.ts";
import { UsageError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { sha256OfFile } from "../../core/sha256.ts";
import { prepareImage } from "../../machine/prepare-image.ts";
import { createRuntimeDirectory } from "../../machine/runtime-directory.ts";
import { openKeptPowerCut } from "../../power-cut/keep-power-cut.ts";
import { rebuildState } from "../../power-cut/power-cuts.ts";
import { type KeptState, keptStates } from "../../results/kept-states.ts";
import { powerCutFiles } from "../../results/power-cut-record.ts";
import { readRun } from "../../results/read-run.ts";
import type { ImageFacts } from "../../results/run-record.ts";
import { buildOptions } from "../build-progress.ts";
import { bootImage } from "./boot-image.ts";

export interface ReproOptions {
  readonly runDirectory: string;
  /** Default: the first of which the run left bad states. */
  readonly check?: string;
  readonly state?: string;
  readonly list?: boolean;
  readonly console?: boolean;
  readonly keepDisk?: string;
  readonly accel: "auto" | "kvm" | "tcg";
}

/**
 * `bootwright repro`: makes the state anew from the recorded writes and boots it.
 * @throws {UsageError} when the run left nothing of that check, or another image is there now.
 */
export const reproState = async (options: ReproOptions): Promise<number> => {
  const states = statesOf(options);
  const { run } = readRun(options.runDirectory);
  if (options.list === true) {
    for (const bad of states) process.stdout.write(`${lineOf(bad)}\n`);
    return 0;
  }
  const state = chosenState(states, options.state);
  const { folder, disk, markOffset } = state;
  const say = (text: string): boolean => process.stderr.write(`bootwright: ${text}\n`);
  say(`state ${lineOf(state)}`);
  await using runtime = await createRuntimeDirectory();
  const { disksPath } = runtime;
  const diskPath = options.keepDisk ?? join(disksPath, "state.raw");
  const logPath = join(disksPath, "writes.log");
  await openKeptPowerCut(folder, logPath);
  const base = await baseOf(folder, disk, run.image);
  await rebuildState(base, logPath, state.state, diskPath, { markOffset });
  return await bootImage({
    image: run.image.name,
    accel: options.accel,
    contents: { [disk]: { path: diskPath, format: "raw" } },
    ...(options.console === undefined ? {} : { console: options.console }),
  });
};

const statesOf = ({ runDirectory, check }: ReproOptions): readonly KeptState[] => {
  const states = keptStates(runDirectory, check);
  if (states.length > 0) return states;
  throw new UsageError(
    `Expected crash states of ${printable(check ?? "a power-cut check", 300)} in ${runDirectory}, but the run left none: it had no bad ones, or is no power-cut check`,
    { hint: "A boot is repeated by `sh RUN_DIR/boots/NN/repro.sh`" },
  );
};

const chosenState = (states: readonly KeptState[], name: string | undefined): KeptState => {
  const state = name === undefined ? states[0] : states.find((one) => one.name === name);
  if (state !== undefined) return state;
  throw new UsageError(
    `Expected one of the ${states.length} bad states of this check, not ${printable(name ?? "none", 200)}`,
    { hint: "List them with --list" },
  );
};

/** The image must be the very same: the log holds only what was written over it. Of other disks the run kept all. */
const baseOf = async (
  folder: string,
  disk: string,
  { name, sha256Before }: ImageFacts,
): Promise<Backing> => {
  const base = join(folder, powerCutFiles.base);
  if (disk !== "system") return { path: base, format: "qcow2" };
  const { files } = await prepareImage(resolveImage(name), buildOptions(name));
  if (files.kind !== "disk" || (await sha256OfFile(files.path)) !== sha256Before)
    throw new UsageError(
      `Expected image ${printable(name, 100)} with sha256 ${sha256Before}, of which the run was, but it has changed`,
      { hint: "Check out what the run was made with, or run the suite again" },
    );
  const { path, format } = files;
  if (!existsSync(base)) return { path, format };
  // It names the image where the run had it; the run directory may have moved to another host.
  return { path: base, format: "qcow2", backing: { path, format } };
};

const lineOf = ({ name, problems }: KeptState): string =>
  printable(`${name}: ${problems.join("; ")}`, 1000);
