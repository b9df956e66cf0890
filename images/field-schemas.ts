// Fields that manifests, profiles and mutants share. Messages complete the sentence "PATH: …".
import { z } from "zod";
import type { PartitionName } from "./schema.ts";

const hasNoNul = (path: string): boolean => !path.includes("\0");

/** Names go into paths, QEMU options and reports. */
export const name: z.ZodType<string> = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected lower-case letters, digits and single hyphens");

/** As a name, with dots for versions. */
export const profileName: z.ZodType<string> = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9]+([.-][a-z0-9]+)*$/,
    "expected lower-case letters, digits, and single hyphens and dots",
  );

export const oneLine: z.ZodType<string> = z
  .string()
  .min(1, "expected some text")
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, "expected one line without control characters");

/** A regular expression. */
export const regexText: z.ZodType<string> = oneLine.refine((text) => {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}, "expected a regular expression");

export const guestPath: z.ZodType<string> = z
  .string()
  .max(4096)
  .regex(/^\/([^/]+(\/[^/]+)*)?$/, "expected an absolute path without // and a / at the end")
  .refine(
    (path) => !path.split("/").some((part) => part === "." || part === ".."),
    "expected a path without . and ..",
  )
  .refine(hasNoNul, "expected a path without NUL");

export const hostPath: z.ZodType<string> = z
  .string()
  .min(1, "expected a path")
  .max(4096)
  .refine(hasNoNul, "expected a path without NUL");

export const unitName: z.ZodType<string> = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9:_.@\\-]+\.(service|socket|target|mount|path|timer|device|slice|swap|automount)$/,
    "expected a systemd unit name such as containerd.service",
  );

export const claimId: z.ZodType<string> = z
  .string()
  .regex(/^[CA]\d\d$/, "expected a claim id such as C11");

export const checkId: z.ZodType<string> = z
  .string()
  .max(300)
  .regex(/^[a-z0-9+._-]+(\/[a-z0-9+._-]+)+$/, "expected a check id such as read-only-root/remount");

/** virtio-blk hands 20 bytes to the guest and cuts off the rest (VIRTIO_BLK_ID_BYTES). */
export const diskSerial: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,20}$/, "expected 1 to 20 letters, digits, - and _");

/** A partition by one of the two keys. */
export const partitionName: z.ZodType<PartitionName> = z
  .strictObject({ label: oneLine.optional(), number: z.int().min(1).max(128).optional() })
  .transform(({ label, number }, context): PartitionName => {
    if (label !== undefined && number === undefined) return { label };
    if (number !== undefined && label === undefined) return { number };
    return reject(context, "expected one of label, number");
  });

export const schemaVersion: z.ZodType<1> = z.literal(1, "expected 1, the only version so far");

const positiveMs: z.ZodType<number> = z.int().min(1).max(86_400_000);

/** `kvm` and `tcg` milliseconds. */
export const perAccelerator: z.ZodType<{ readonly kvm: number; readonly tcg: number }> =
  z.strictObject({ kvm: positiveMs, tcg: positiveMs });

/** Records a problem from within a transform. */
export const reject = (
  context: z.RefinementCtx,
  message: string,
  path: readonly PropertyKey[] = [],
): never => {
  context.addIssue({ code: "custom", message, path: [...path] });
  return z.NEVER;
};

/** A refinement of a list: no two items may have the same key. */
export const uniqueBy =
  <T>(keyOf: (item: T) => string) =>
  (items: readonly T[], context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      if (seen.has(key)) reject(context, `${key} stands here a second time`, [index]);
      seen.add(key);
    }
  };
