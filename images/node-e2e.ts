import { join } from "node:path";
import { z } from "zod";
import { oneLine, regexText } from "./field-schemas.ts";
import { type SpecSkip, specSkipSchema } from "./profile/critest.ts";
import { readYamlFile } from "./yaml.ts";

/** Which of Kubernetes' node tests are run; `images/node-e2e.yaml`. */
export interface NodeE2eSelection {
  /** Specs that are not run at any level, the first rule that fits says why; all others are at level full. */
  readonly leftOut: readonly LeftOut[];
  /** Regular expressions on names: what of level full is there at level standard. */
  readonly standard: readonly string[];
  /** Specs that are run and known not to pass. */
  readonly skips: readonly SpecSkip[];
}

/** A rule fits a spec whose name matches, and that has one label, or lacks one; each of these is optional. */
export interface LeftOut {
  readonly match?: string;
  readonly label?: string;
  readonly withoutLabels?: readonly string[];
  readonly reason: string;
}

const leftOutSchema = z
  .strictObject({
    match: regexText.exactOptional(),
    label: oneLine.exactOptional(),
    withoutLabels: z.array(oneLine).min(1).exactOptional(),
    reason: oneLine,
  })
  .refine(
    ({ match, label, withoutLabels }) =>
      match !== undefined || label !== undefined || withoutLabels !== undefined,
    "expected match, label or withoutLabels",
  );

const selectionSchema: z.ZodType<NodeE2eSelection> = z.strictObject({
  leftOut: z.array(leftOutSchema),
  standard: z.array(regexText).min(1),
  skips: z.array(specSkipSchema),
});

/** What stands in `images/node-e2e.yaml`: it holds for every image. */
export const nodeE2eSelection = (): NodeE2eSelection =>
  readYamlFile(join(import.meta.dirname, "node-e2e.yaml"), selectionSchema);
