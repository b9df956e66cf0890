import { emulatedCpuModel } from "../../qemu/emulated-cpu-model.ts";
import type { MachineFailure } from "./machine-failure.ts";
import type { MachinePlan } from "./machine-plan.ts";

/** QEMU models by x86-64 level. Emulation has no AVX-512, so there is nothing for level 4. */
const models: Readonly<Record<string, string>> = { "2": "Nehalem", "3": "Haswell-noTSX" };

/** The CPU model that a guest asked for by failing under the plan's; undefined when there is none to offer. */
export const widerCpuModel = (
  { cpuModel, accel }: Pick<MachinePlan, "cpuModel" | "accel">,
  failure: MachineFailure,
): string | undefined => {
  if (failure.pattern !== "cpu-model" || (accel === "kvm" && cpuModel === "host")) return undefined;
  const level = /x86-64-v([234])/.exec(failure.reason)?.[1] ?? "";
  const model = models[level];
  const wider = model === undefined || accel === "kvm" ? model : emulatedCpuModel(model);
  return wider === cpuModel ? undefined : wider;
};
