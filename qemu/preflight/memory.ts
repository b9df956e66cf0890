import { availableMemory } from "../memory-available.ts";
import type { PreflightCheck } from "./check.ts";

// A reference machine has 1 GiB, and QEMU with its translation cache needs about half of that again.
const enoughMiB = 3072;
const leastMiB = 1536;

export const memoryCheck: PreflightCheck = {
  id: "memory",
  title: "Available memory",
  run: async () => {
    const { availableMiB, boundedBy } = availableMemory();
    const seen = `${availableMiB} MiB (bounded by ${boundedBy})`;
    if (availableMiB >= enoughMiB) return { state: "ok", seen };
    return {
      state: availableMiB >= leastMiB ? "warn" : "fail",
      seen,
      remedy: `Free memory or raise the limit to ${enoughMiB} MiB`,
    };
  },
};
