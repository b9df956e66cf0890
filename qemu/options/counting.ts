import type { InstructionCounting } from "../machine-spec.ts";
import { type KeyValue, keyval } from "./keyval.ts";

/** The plugin that counts instructions; nothing where they are not counted. */
export const countingOptions = (counting: InstructionCounting | undefined): readonly string[] =>
  counting === undefined
    ? []
    : ["-plugin", keyval(undefined, ["file", counting.pluginPath], ["out", counting.countsPath])];

/**
 * Properties of a virtio device of such a machine: the vCPU itself hands its requests on, not another thread some time later. One that
 * is initialised takes requests without being told, and that would be the other thread's time.
 */
export const synchronousNames = (counting: InstructionCounting | undefined): readonly KeyValue[] =>
  counting === undefined ? [] : [["ioeventfd", false]];
