import { z } from "zod";
import { name, oneLine, reject, schemaVersion } from "../field-schemas.ts";
import { recipeChange } from "../mutant-schema.ts";
import type { StatedRelease } from "./stated-release.ts";

/** os-release(5) allows no other characters in IMAGE_VERSION. */
const version = z
  .string()
  .max(64)
  .regex(/^[a-z0-9._-]+$/, "expected lower-case letters, digits, points, _ and -");

const ref = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(\/[a-z0-9]+)*$/, "expected a branch such as node/stable");

const changes = z
  .array(recipeChange)
  .min(1, "expected at least one change")
  .max(64)
  .superRefine((stated, context) => {
    for (const [index, { kind }] of stated.entries()) {
      // Updaters leave boot code alone, and an archive of files carries no capability.
      if (kind === "stall-boot-code" || kind === "grant-capability")
        reject(context, "expected a change that an update brings", [index]);
    }
  });

export const releaseSchema: z.ZodType<StatedRelease> = z
  .strictObject({
    schema: schemaVersion,
    of: name,
    name: name.refine((stated) => stated !== "v1", "expected another name: v1 is the image itself"),
    title: oneLine,
    version,
    daysLater: z.int().min(1).max(365),
    ref: ref.exactOptional(),
    fillerMiB: z.int().min(1).max(2048).exactOptional(),
    refused: z.boolean().default(false),
    changes,
  })
  .transform(({ refused, ...release }) => ({ ...release, isRefused: refused }));
