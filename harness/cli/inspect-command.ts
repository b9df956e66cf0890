import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { sourceOfBareFile } from "../../images/bare-file.ts";
import { isBareFile, resolveImage } from "../../images/catalog.ts";
import { verifyImageHeaders } from "../../images/verify-image-file.ts";
import { ImageError, UsageError } from "../core/errors.ts";
import { inspectFiles } from "../fixtures/inspect-files.ts";
import type { ImageFacts } from "../inspect/image-facts.ts";
import { imageFactsSchema } from "../inspect/image-facts-schema.ts";
import { renderFacts } from "../inspect/render-facts.ts";
import { spdxDocument } from "../inspect/spdx.ts";
import type { BootFiles } from "../machine/machine-plan.ts";
import { prepareImage } from "../machine/prepare-image.ts";
import { buildOptions } from "./build-progress.ts";
import { imageFileOption, withImageFile } from "./image-file-option.ts";

interface InspectOptions {
  readonly imageFile?: string;
  readonly json?: boolean;
  readonly sbom?: string;
}

export const inspectCommand = (): Command =>
  new Command("inspect")
    .description("say what is in an image file: no boot, no mount, no root")
    .argument("<image>", "catalogue name, NAME+MUTANT, manifest, or a raw or qcow2 file")
    .addOption(imageFileOption())
    .option("--json", "print one JSON document with everything that was found")
    .option("--sbom <file>", "write a bill of materials of the packages there (SPDX 2.3, JSON)")
    .action(async (image: string, options: InspectOptions) => {
      const facts = await inspectFiles(await filesOf(image, options));
      const text =
        options.json === true
          ? `${JSON.stringify(imageFactsSchema.parse(facts), undefined, 2)}\n`
          : renderFacts(facts);
      process.stdout.write(text);
      if (options.sbom !== undefined) writeSbom(options.sbom, facts);
      if (facts.root.state === "none") throw withoutRoot(image, facts.root.reason);
    });

/** A bare file is inspected even if no firmware could boot it. */
const filesOf = async (spec: string, options: InspectOptions): Promise<BootFiles> => {
  if (!isBareFile(spec)) {
    const resolved = withImageFile(resolveImage(spec), options);
    return (await prepareImage(resolved, buildOptions(spec))).files;
  }
  const source = sourceOfBareFile(spec);
  return { kind: "disk", path: verifyImageHeaders(source).path, format: source.format };
};

const writeSbom = (path: string, facts: ImageFacts): void => {
  const text = spdxDocument(facts, process.env["SOURCE_DATE_EPOCH"]);
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new UsageError(`The bill of materials cannot be written to ${path}`, {
      hint: "Name a file in a directory that exists and can be written",
      cause,
    });
  }
};

const withoutRoot = (image: string, reason: string): ImageError =>
  new ImageError(
    "IMAGE_UNUSABLE",
    `Expected the root of an operating system in ${image}: ${reason}`,
    {
      hint: "What was found is above; only ext2, ext3 and ext4 can be listed",
    },
  );
