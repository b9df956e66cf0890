import { statSync } from "node:fs";
import { dirname } from "node:path";
import {
  type BuildOptions,
  type BuiltImage,
  buildImage,
  buildMutant,
} from "../../images/builder/build-image.ts";
import type { ResolvedImage } from "../../images/catalog.ts";
import type { StatedManifest } from "../../images/schema.ts";
import { verifyImageFile } from "../../images/verify-image-file.ts";
import { ImageError, UsageError } from "../core/errors.ts";
import { sha256OfFile, sha256OfText } from "../core/sha256.ts";
import type { BootFiles } from "./machine-plan.ts";

/** An image that is there, verified, and may be booted. */
export interface PreparedImage {
  readonly resolved: ResolvedImage;
  readonly files: BootFiles;
}

/**
 * Builds what is missing or stale, or verifies the files that the manifest names.
 * @throws {UsageError} when the user has yet to bring the file. {ImageError} for a file that is not there or cannot be booted safely, or a build that failed.
 */
export const prepareImage = async (
  resolved: ResolvedImage,
  options: BuildOptions,
): Promise<PreparedImage> => {
  const { manifest, mutant } = resolved;
  if (manifest.source.kind === "build") {
    const built = await (mutant === undefined
      ? buildImage(manifest.source.recipe, options)
      : buildMutant(mutant, options));
    return { resolved, files: filesOf(built) };
  }
  const { source } = manifest;
  if (source.kind === "given") throw notGiven(manifest.name, source.obtain);
  refuseMissingKernel(manifest);
  const facts = await verifyImageFile(source);
  return { resolved, files: { kind: "disk", path: facts.path, format: source.format } };
};

const notGiven = (name: string, obtain: string): UsageError =>
  new UsageError(`Image ${name} is a file that you bring: name it with --image-file PATH`, {
    hint: obtain,
  });

const refuseMissingKernel = ({ name, machine: { boot } }: StatedManifest): void => {
  if (boot.kind !== "kernel") return;
  for (const path of [boot.kernel, boot.initrd]) {
    if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `Image ${name} needs ${path} to boot, which is no file`,
      {
        hint: "Correct machine.kernel or machine.initrd in its manifest",
      },
    );
  }
};

const filesOf = (built: BuiltImage): BootFiles =>
  built.kind === "disk"
    ? { kind: "disk", path: built.disk, format: "raw" }
    : { kind: "kernel", kernel: built.kernel, initrd: built.initrd };

/** Identity of what is booted; for kernel and initrd a digest over both digests. */
export const digestOf = async (files: BootFiles): Promise<string> => {
  if (files.kind === "disk") return sha256OfFile(files.path);
  const parts = [files.kernel, ...(files.initrd === undefined ? [] : [files.initrd])];
  return sha256OfText((await Promise.all(parts.map(sha256OfFile))).join("\n"));
};

export const sizeOf = (files: BootFiles): number =>
  files.kind === "disk"
    ? statSync(files.path).size
    : [files.kernel, files.initrd].reduce(
        (sum, path) => sum + (path === undefined ? 0 : statSync(path).size),
        0,
      );

/** The path that stands for the image in reports and in `images path`. */
export const pathOf = (files: BootFiles): string =>
  files.kind === "disk" ? files.path : dirname(files.kernel);
