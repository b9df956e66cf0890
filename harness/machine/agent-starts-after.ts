import type { MachinePlan } from "./machine-plan.ts";

/** The unit for which the agent waits: where instructions are counted, nothing of it may run before the ready point. */
export const agentStartsAfter = ({ counting, manifest }: MachinePlan): string | undefined =>
  counting !== undefined && manifest.ready.kind === "unit" ? manifest.ready.unit : undefined;
