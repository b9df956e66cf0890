import { z } from "zod";
import { uniqueBy, unitName } from "../field-schemas.ts";

/** What the preloaded-images suite expects; a profile's section `preloadedImages`. */
export interface PreloadedImages {
  /** The unit that puts them into containerd, whose end is waited for; absent where they are part of the image as they are. */
  readonly unit?: string;
  /** Names of images that must be there without a network, as `registry.invalid/bootwright/pause:1`. */
  readonly refs: readonly string[];
  /** Containers that must run, by the name in their pod, and the image, by one of `refs`, that each runs. */
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

const imageRef = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][\w.:/@-]*$/, "expected the name of a container image");

export const preloadedImagesSchema: z.ZodType<PreloadedImages> = z
  .strictObject({
    unit: unitName.exactOptional(),
    refs: z
      .array(imageRef)
      .min(1, "expected at least one image")
      .max(100)
      .superRefine(uniqueBy((ref) => ref)),
    containers: z
      .array(
        z.strictObject({
          name: z
            .string()
            .max(63)
            .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "expected the name of a container"),
          image: imageRef,
        }),
      )
      .max(100)
      .superRefine(uniqueBy(({ name }) => name))
      .default([]),
  })
  .superRefine(({ refs, containers }, context) => {
    for (const [index, { image }] of containers.entries()) {
      if (refs.includes(image)) continue;
      context.addIssue({
        code: "custom",
        path: ["containers", index, "image"],
        message: "expected one of refs",
      });
    }
  });
