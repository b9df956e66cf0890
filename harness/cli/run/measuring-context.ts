import { buildPlugin } from "../../../qemu/plugin/build-plugin.ts";
import type { Measuring } from "../../fixtures/run-context.ts";

export interface MeasuringOptions {
  /** What the suite boot-time measures; default auto: instructions where the accelerator is tcg. */
  readonly measure?: "auto" | "wall" | "cost";
  /** How many cold boots it measures; default 1. */
  readonly repeat?: number;
}

/**
 * What the suite boot-time measures, with the counter built where instructions are; undefined where it is not in the run.
 * @throws {HostError} HOST_TOOL_MISSING without a C compiler.
 */
export const measuringContext = async (
  suiteFiles: readonly string[],
  { measure = "auto", repeat = 1 }: MeasuringOptions,
  accel: "kvm" | "tcg",
): Promise<Measuring | undefined> => {
  if (!suiteFiles.some((file) => file.includes("/suites/boot-time/"))) return undefined;
  const isCounted = measure === "cost" || (measure === "auto" && accel === "tcg");
  return {
    measure: isCounted ? { kind: "cost", pluginPath: await buildPlugin() } : { kind: "wall" },
    repeat,
  };
};
