import { z } from "zod";
import { printable } from "../core/printable.ts";
import { type State, states } from "../verdict/state.ts";

/** A verdict word; every word but `pass` says why. */
export type Outcome =
  | { readonly state: "pass"; readonly reason?: string }
  | { readonly state: Exclude<State, "pass">; readonly reason: string };

/** One try. More than one stands in a record when a check was repeated; none is left out. */
export interface AttemptRecord {
  readonly state: State;
  readonly durationMs: number;
  readonly reason?: string;
  /** Id of the boot it ran in, as in "01". */
  readonly boot?: string;
}

/**
 * What a verdict rests on: a file of the run directory (with a 1-based line), or a piece of text. `kind` is one lower-case
 * word with dashes; usual ones: console, journal, qmp, timeline, output, exec, tap, diff.
 */
export type Evidence =
  | { readonly kind: string; readonly path: string; readonly line?: number }
  | { readonly kind: string; readonly text: string };

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

interface CheckFacts {
  /** Stable path such as `read-only-root/remount`; see `toCheckId`. */
  readonly id: string;
  readonly suite: string;
  /** One claim id, as in C11. */
  readonly claim?: string;
  readonly title: string;
  /** All attempts together. */
  readonly durationMs: number;
  /** In order; the last one is the check's own state unless the attempts differ. */
  readonly attempts: readonly AttemptRecord[];
  /** Id of the boot that the verdict is about. */
  readonly boot?: string;
  readonly evidence: readonly Evidence[];
  readonly figures?: readonly Figure[];
}

/** One check in run.json. */
export type CheckRecord = CheckFacts & Outcome;

/** A check whose attempts came out differently. It is reported as such and is no pass for sign-off. */
export const isFlaky = (check: CheckRecord): boolean =>
  new Set(check.attempts.map(({ state }) => state)).size > 1;

export const checkLimits = {
  idLength: 300,
  titleBytes: 1024,
  reasonBytes: 4096,
  evidenceTextBytes: 16_384,
  evidenceItems: 32,
  attempts: 32,
  figures: 256,
} as const;

export const stateSchema: z.ZodType<State> = z.enum(states);
export const bootIdSchema: z.ZodType<string> = z.string().regex(/^\d{2,5}$/);

/** A path below the run directory: reports make links of it, so it may not lead out. */
export const runPathSchema: z.ZodType<string> = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) => printable(path) === path && !/^\/|\\/.test(path),
    "must be relative and printable",
  )
  .refine((path) => !path.split("/").includes(".."), "must not leave the run directory");

const word = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const durationMs = z.number().nonnegative();
const reason = z.string().max(checkLimits.reasonBytes);

export const attemptRecordSchema: z.ZodType<AttemptRecord> = z.object({
  state: stateSchema,
  durationMs,
  reason: reason.exactOptional(),
  boot: bootIdSchema.exactOptional(),
});

export const checkRecordSchema: z.ZodType<CheckRecord> = z
  .object({
    // Ids become file names and URLs: no segment starts with a dot.
    id: z
      .string()
      .max(checkLimits.idLength)
      .regex(/^(?!\.)[a-z0-9+._-]+(\/(?!\.)[a-z0-9+._-]+)*$/),
    suite: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
    claim: z
      .string()
      .regex(/^[CA]\d\d$/)
      .exactOptional(),
    title: z.string().max(checkLimits.titleBytes),
    durationMs,
    attempts: z.array(attemptRecordSchema).max(checkLimits.attempts),
    boot: bootIdSchema.exactOptional(),
    evidence: z
      .array(
        z.union([
          z.object({
            kind: word,
            path: runPathSchema,
            line: z.number().int().positive().exactOptional(),
          }),
          z.object({ kind: word, text: z.string().max(checkLimits.evidenceTextBytes) }),
        ]),
      )
      .max(checkLimits.evidenceItems),
    figures: z
      .array(z.object({ name: z.string().max(200), value: z.number(), unit: z.string().max(64) }))
      .max(checkLimits.figures)
      .exactOptional(),
  })
  .and(
    z.union([
      z.object({ state: z.literal("pass"), reason: reason.exactOptional() }),
      z.object({
        state: z.enum(["fail", "skip", "unsupported", "inconclusive", "error"]),
        reason: reason.min(1),
      }),
    ]),
  );
