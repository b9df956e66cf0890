import { z } from "zod";
import { ImageError } from "../harness/core/errors.ts";

/** What `qemu-img info` reads from an image's header. */
export interface ImageInfo {
  /** Size that a guest sees. */
  readonly virtualBytes: number;
  /** Space taken on the host. */
  readonly actualBytes: number;
  /** Names that the header gives, not checked and not opened. A distributed image has neither. */
  readonly backingFile: string | undefined;
  readonly dataFile: string | undefined;
  readonly isEncrypted: boolean;
}

const infoSchema = z.object({
  "virtual-size": z.int().nonnegative(),
  "actual-size": z.int().nonnegative().default(0),
  "backing-filename": z.string().optional(),
  encrypted: z.boolean().default(false),
  "format-specific": z
    .object({ data: z.object({ "data-file": z.string().optional() }).default({}) })
    .optional(),
});

/** @throws {ImageError} IMAGE_UNUSABLE when the output is not what qemu-img prints. */
export const parseImageInfo = (path: string, json: string): ImageInfo => {
  const parsed = infoSchema.safeParse(JSON.parse(json));
  if (!parsed.success) {
    throw new ImageError("IMAGE_UNUSABLE", `qemu-img info said nothing usable about ${path}`, {
      cause: parsed.error,
    });
  }
  const { data } = parsed;
  return {
    virtualBytes: data["virtual-size"],
    actualBytes: data["actual-size"],
    backingFile: data["backing-filename"],
    dataFile: data["format-specific"]?.data["data-file"],
    isEncrypted: data.encrypted,
  };
};
