import { z } from "zod";
import { guestPath, oneLine, regexText } from "../field-schemas.ts";

/** What the identity suite expects. */
export interface Identity {
  /** Fields that os-release must have with these values; others may stand there too. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** A regular expression for the whole of `uname -r`. */
  readonly kernelRelease: string;
  /** Where the running kernel's image lies; `%r` stands for its release. Absent when the OS does not say. */
  readonly kernelImage?: string;
  /** As `uname -m` says it: `x86_64`. */
  readonly architecture: string;
  /** By which firmware the image may be booted. */
  readonly firmware: readonly ("bios" | "uefi")[];
}

const fields = {
  osRelease: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), oneLine),
  kernelRelease: regexText,
  kernelImage: guestPath,
  architecture: z.string().regex(/^[a-z0-9_]{1,64}$/, "expected a machine name such as x86_64"),
  firmware: z
    .array(z.enum(["bios", "uefi"]))
    .min(1)
    .max(2),
};

export const identitySchema: z.ZodType<Identity> = z.strictObject({
  ...fields,
  kernelImage: fields.kernelImage.exactOptional(),
});

/** Some of the fields, in place of those of another profile. */
export const identityChanges: z.ZodType<Partial<Identity>> = z.strictObject({
  osRelease: fields.osRelease.exactOptional(),
  kernelRelease: fields.kernelRelease.exactOptional(),
  kernelImage: fields.kernelImage.exactOptional(),
  architecture: fields.architecture.exactOptional(),
  firmware: fields.firmware.exactOptional(),
});
