import { z } from "zod";
import { guestPath, hostPath, name, oneLine, reject, uniqueBy } from "./field-schemas.ts";
import type { ReleaseFile } from "./release-file.ts";

const releaseFile: z.ZodType<ReleaseFile> = z
  .strictObject({
    name,
    version: oneLine.exactOptional(),
    identity: z
      .string()
      .max(200)
      .regex(/^[!-~]+$/, "expected one word, as the checksum of an OSTree commit"),
    disk: z.strictObject({ path: hostPath, format: z.enum(["raw", "qcow2"]) }).exactOptional(),
    payload: hostPath.exactOptional(),
    ownFile: guestPath.exactOptional(),
  })
  .superRefine((release, context) => {
    if (release.name === "v1" && release.disk !== undefined)
      reject(context, "v1 is the image itself", ["disk"]);
    if (release.name !== "v1" && release.disk === undefined)
      reject(context, "is missing: a whole disk with this release", ["disk"]);
  });

export const releaseFilesSchema: z.ZodType<readonly ReleaseFile[]> = z
  .array(releaseFile)
  .max(16)
  .superRefine(uniqueBy((release) => release.name));
