import { z } from "zod";
import type { State } from "../verdict/state.ts";
import { bootIdSchema, type CheckRecord, checkRecordSchema, stateSchema } from "./check-record.ts";
import { type BootRecord, bootRecordSchema } from "./run-record.ts";
import { type PhaseName, phaseNames } from "./timeline-record.ts";

/** What happened, without when. */
export type RunEventBody =
  | {
      readonly kind: "run-started";
      readonly schemaVersion: number;
      readonly image: string;
      readonly checksPlanned?: number;
    }
  | {
      readonly kind: "boot-started";
      readonly boot: string;
      readonly configuration: string;
      readonly budgetMs?: number;
    }
  /** `budgetMs` counts from here to the end of the phase. */
  | {
      readonly kind: "phase-entered";
      readonly boot: string;
      readonly phase: PhaseName;
      readonly budgetMs?: number;
    }
  | { readonly kind: "boot-finished"; readonly boot: BootRecord }
  | { readonly kind: "check-started"; readonly id: string; readonly budgetMs?: number }
  | { readonly kind: "check-finished"; readonly check: CheckRecord }
  | { readonly kind: "note"; readonly level: "info" | "warning"; readonly text: string }
  | { readonly kind: "run-finished"; readonly verdict: State; readonly reason?: string }
  | { readonly kind: "run-interrupted"; readonly reason: string };

/** One line of events.jsonl. */
export type RunEvent = RunEventBody & {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Milliseconds since the run started, monotonic. */
  readonly elapsedMs: number;
};

const when = { at: z.iso.datetime(), elapsedMs: z.number().nonnegative() };
const text = z.string().max(4096);
const budgetMs = z.number().nonnegative().exactOptional();

export const runEventSchema: z.ZodType<RunEvent> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("run-started"),
    schemaVersion: z.number().int().positive(),
    image: text,
    checksPlanned: z.number().int().nonnegative().exactOptional(),
    ...when,
  }),
  z.object({
    kind: z.literal("boot-started"),
    boot: bootIdSchema,
    configuration: text,
    budgetMs,
    ...when,
  }),
  z.object({
    kind: z.literal("phase-entered"),
    boot: bootIdSchema,
    phase: z.enum(phaseNames),
    budgetMs,
    ...when,
  }),
  z.object({ kind: z.literal("boot-finished"), boot: bootRecordSchema, ...when }),
  z.object({ kind: z.literal("check-started"), id: text, budgetMs, ...when }),
  z.object({ kind: z.literal("check-finished"), check: checkRecordSchema, ...when }),
  z.object({ kind: z.literal("note"), level: z.enum(["info", "warning"]), text, ...when }),
  z.object({
    kind: z.literal("run-finished"),
    verdict: stateSchema,
    reason: text.exactOptional(),
    ...when,
  }),
  z.object({ kind: z.literal("run-interrupted"), reason: text, ...when }),
]);
