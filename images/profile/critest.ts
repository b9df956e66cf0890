import { z } from "zod";
import { guestPath, oneLine, regexText } from "../field-schemas.ts";

/**
 * A spec of critest that does not pass on an image for a known reason. It is run all the same: only when it does not pass has
 * it the state that stands here, and one that passes is told.
 */
export interface SpecSkip {
  /** Fits the name of the spec, all texts from the outermost group on. */
  readonly match: string;
  readonly state: "skip" | "unsupported";
  readonly reason: string;
  /** Holds where none of these is in the guest. Default: it holds everywhere. */
  readonly lacks: readonly string[];
  /** Holds for these versions of containerd, as in `>=2.0` or `>=1.6 <2.0`. Default: all. */
  readonly containerd?: string;
  /** Where it is written down. */
  readonly link?: string;
  /** Whether the spec passes or not is a matter of chance, so that one that passes is not told. Default: it is. */
  readonly mayPass?: boolean;
  /** The last day on which it holds, as in `2027-06-30`. Default: no end. */
  readonly until?: string;
}

const versionRange = z
  .string()
  .max(100)
  .regex(/^(?:>=|<)\d+\.\d+(?: (?:>=|<)\d+\.\d+)?$/, "expected a range such as >=1.6 <2.0");

export const specSkipSchema: z.ZodType<SpecSkip> = z.strictObject({
  match: regexText,
  state: z.enum(["skip", "unsupported"]).default("skip"),
  reason: oneLine,
  lacks: z.array(guestPath).max(20).default([]),
  containerd: versionRange.exactOptional(),
  link: z.url().max(500).exactOptional(),
  mayPass: z.boolean().exactOptional(),
  until: z.iso.date().exactOptional(),
});

/** What the critest part of suite containerd expects; a profile's section `critest`, and `nodeE2e` for Kubernetes' node tests. */
export interface Critest {
  readonly skips: readonly SpecSkip[];
}

export const critestSchema: z.ZodType<Critest> = z.strictObject({
  skips: z.array(specSkipSchema).max(200).default([]),
});
