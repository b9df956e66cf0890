import { join } from "node:path";
import { z } from "zod";
import { claimId, oneLine, uniqueBy } from "./field-schemas.ts";
import { readYamlFile } from "./yaml.ts";

/** A published statement about an operating system. */
export interface Claim {
  readonly id: string;
  /** In our words. */
  readonly title: string;
  /** Why no check of an image can decide it, and where to look instead. */
  readonly report?: string;
}

const claimsSchema: z.ZodType<readonly Claim[]> = z
  .array(z.strictObject({ id: claimId, title: oneLine, report: oneLine.exactOptional() }))
  .superRefine(uniqueBy(({ id }) => id));

/** The statements of `images/claims.yaml`, by id. */
export const listClaims = (): readonly Claim[] =>
  readYamlFile(join(import.meta.dirname, "claims.yaml"), claimsSchema);
