import { basename } from "node:path";
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
  const script = reproScript({
    title: `${plan.manifest.name}`,
    argv,
    env,
    qemuImg: [toolchain.qemuImg.file, ...toolchain.qemuImg.prefixArgs],
    disks: spec.disks
      .filter(({ path }) => path.startsWith(place.disksPath) && !isMadeBy(work, path))
      .map(({ path, serial, backing }): ReproDisk => {
        const blank = plan.manifest.disks.find((disk) => disk.serial === serial);
        return {
          path,
          ...(blank === undefined ? {} : { sizeBytes: blank.sizeMiB * MiB }),
          ...(backing === undefined
            ? {}
            : { backing: { path: backing.path, format: backing.format } }),
        };
      }),
    copies,
    ...(spec.tpm === undefined
      ? {}
      : { tpm: { ...spec.tpm, argv: swtpmArgv(), readyFile: swtpmReadyFile } }),
    ...(work === undefined ? {} : { work }),
    lostDisks: Object.keys(plan.diskContents ?? {}),
    runtimePaths: [place.socketsPath, place.disksPath],
  });
  recorder.file("repro.sh", script);
};

const isMadeBy = (work: DiskWork | undefined, path: string): boolean =>
  work?.makes.includes(basename(path)) === true;
