import { Command } from "commander";
import { accelOption } from "./accel-option.ts";
import { imageFileOption } from "./image-file-option.ts";
import { injectionOption } from "./injection-option.ts";
import { firmwareOption, secureBootOption, tpmOption } from "./machine-options.ts";
import { type BootCommandOptions, bootImage } from "./run/boot-image.ts";

export const bootCommand = (): Command =>
  new Command("boot")
    .description("boot an image and watch its console; Ctrl-C ends the machine")
    .argument("<image>")
    .option(
      "--until <phase>",
      "end when this phase begins (firmware, loader, kernel, initrd, userspace, ready)",
    )
    .option(
      "--console",
      "after the boot, stay and connect the keyboard to the console; Ctrl-] ends the machine",
    )
    .addOption(imageFileOption())
    .addOption(accelOption())
    .addOption(firmwareOption())
    .addOption(secureBootOption())
    .addOption(tpmOption())
    .addOption(injectionOption())
    .option("--out <dir>", "keep console.log, argv.txt, repro.sh and timeline.json here")
    .action(async (image: string, options: Omit<BootCommandOptions, "image">) => {
      process.exitCode = await bootImage({ ...options, image });
    });
