import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { toArgv } from "../../qemu/argv.ts";
import { swtpmArgv, swtpmReadyFile } from "../../qemu/swtpm-process.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { MiB } from "../core/units.ts";
import type { BootRecorder } from "./boot-recorder.ts";
import type { DefinedMachine, MachinePlace } from "./define-machine.ts";
import type { DiskWork } from "./disk-work.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { type ReproDisk, reproScript } from "./repro-script.ts";

/** Leaves argv.txt (one argument a line) and repro.sh in the boot directory before anything can go wrong. */
export const writeRepro = (
  recorder: BootRecorder,
  machine: {
    readonly defined: DefinedMachine;
    readonly toolchain: Toolchain;
    readonly plan: MachinePlan;
    readonly place: MachinePlace;
  },
): void => {
  const { toolchain, plan, place } = machine;
  const { spec, copies, work } = machine.defined;
  const { file, prefixArgs, env } = toolchain.qemuSystem;
  const argv = [file, ...prefixArgs, ...toArgv(spec)];
  recorder.file("argv.txt", `${argv.join("\n")}\n`);
  const written = (plan.attachedDisks ?? []).filter(({ readOnly }) => !readOnly);
  const script = reproScript({
    title: `${plan.manifest.name}`,
    argv,
    env,
    qemuImg: [toolchain.qemuImg.file, ...toolchain.qemuImg.prefixArgs],
    disks: [
      ...ownDisks({ spec, plan, place, work }),
      // What was on it is gone with the run: there it starts blank.
      ...written.map(({ path, format }) => ({ path, format, sizeBytes: statSync(path).size })),
    ],
    copies,
    ...(spec.tpm === undefined
      ? {}
      : { tpm: { ...spec.tpm, argv: swtpmArgv(), readyFile: swtpmReadyFile } }),
    ...(work === undefined ? {} : { work }),
    lostDisks: Object.keys(plan.diskContents ?? {}),
    runtimePaths: [place.socketsPath, place.disksPath, ...written.map(({ path }) => dirname(path))],
  });
  recorder.file("repro.sh", script);
};

const ownDisks = ({
  spec,
  plan,
  place,
  work,
}: Pick<DefinedMachine, "spec"> & {
  readonly plan: MachinePlan;
  readonly place: MachinePlace;
  readonly work: DiskWork | undefined;
}): readonly ReproDisk[] =>
  spec.disks
    .filter(({ path }) => path.startsWith(place.disksPath) && !isMadeBy(work, path))
    .map(({ path, format, serial, backing }): ReproDisk => {
      const blank = plan.manifest.disks.find((disk) => disk.serial === serial);
      return {
        path,
        ...(format === "raw" ? { format } : {}),
        ...(blank === undefined ? {} : { sizeBytes: blank.sizeMiB * MiB }),
        ...(backing === undefined
          ? {}
          : { backing: { path: backing.path, format: backing.format } }),
      };
    });

const isMadeBy = (work: DiskWork | undefined, path: string): boolean =>
  work?.makes.includes(basename(path)) === true;
