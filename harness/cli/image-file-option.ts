import { Option } from "commander";
import { sourceOfBareFile } from "../../images/bare-file.ts";
import type { ResolvedImage } from "../../images/catalog.ts";
import { UsageError } from "../core/errors.ts";

export const imageFileOption = (): Option =>
  new Option(
    "--image-file <path>",
    "the image's file, for an image that cannot come with Bootwright, or in place of the one in its manifest",
  );

/**
 * The image with the file that the option names; its format is the one that its header tells.
 * @throws {UsageError} for an image that is built here. {ImageError} IMAGE_UNUSABLE when it is not a readable regular file.
 */
export const withImageFile = (
  resolved: ResolvedImage,
  { imageFile }: { readonly imageFile?: string },
): ResolvedImage => {
  if (imageFile === undefined) return resolved;
  const { name, manifest } = resolved;
  if (manifest.source.kind === "build") {
    throw new UsageError(`--image-file: ${name} is built here, so it has no file to replace`, {
      hint: "Give the file itself as the image, or a manifest of your own that names it",
    });
  }
  return { ...resolved, manifest: { ...manifest, source: sourceOfBareFile(imageFile) } };
};
