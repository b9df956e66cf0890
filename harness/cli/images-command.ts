import { Command } from "commander";
import { listCatalog, resolveImage } from "../../images/catalog.ts";
import { pathOf, prepareImage } from "../machine/prepare-image.ts";
import { buildOptions } from "./build-progress.ts";

export const imagesCommand = (): Command => {
  const images = new Command("images").description("the images that Bootwright builds itself");
  images
    .command("list")
    .description("names and titles of the catalogue")
    .action(() => {
      const entries = listCatalog();
      const width = Math.max(...entries.map(({ name }) => name.length));
      for (const { name, title } of entries)
        process.stdout.write(`${name.padEnd(width)}  ${title}\n`);
    });
  images
    .command("build")
    .description("build an image, or say that it is up to date")
    .argument("<name>", "catalogue name or NAME+MUTANT")
    .action(async (name: string) => {
      const startedMs = performance.now();
      const { files } = await prepareImage(resolveImage(name), buildOptions(name));
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      process.stdout.write(`${name} is built: ${pathOf(files)} (${seconds} s)\n`);
    });
  images
    .command("path")
    .description("print where an image is; builds it first if it is missing or stale")
    .argument("<name>")
    .action(async (name: string) => {
      const { files } = await prepareImage(resolveImage(name), buildOptions(name));
      process.stdout.write(`${pathOf(files)}\n`);
    });
  return images;
};
