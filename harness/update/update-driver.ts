import type { StatedDriver } from "../../images/profile/upgrade.ts";
import type { UpdateCommands } from "../../images/update-commands.ts";
import { ConfigError } from "../core/errors.ts";
import { abDriver } from "./ab.ts";
import { commandDriver } from "./command.ts";
import type { DriverOptions, UpdateDriver } from "./driver.ts";
import { ostreeDriver } from "./ostree.ts";
import { replaceDiskDriver } from "./replace-disk.ts";

/**
 * The driver that a profile names.
 * @throws {ConfigError} for `command` when the manifest says no commands.
 */
export const updateDriver = (
  stated: StatedDriver,
  {
    updateCommands,
    ...options
  }: DriverOptions & { readonly updateCommands: UpdateCommands | undefined },
): UpdateDriver => {
  switch (stated.kind) {
    case "ostree":
      return ostreeDriver(stated, options);
    case "ab":
      return abDriver(stated, options);
    case "replace-disk":
      return replaceDiskDriver;
    case "command":
      if (updateCommands === undefined) throw noCommands();
      return commandDriver(updateCommands, options);
  }
};

/**
 * Asks what the driver `command` needs before anything is booted.
 * @throws {ConfigError} as `updateDriver`.
 */
export const requireUpdateCommands = (
  drivers: readonly StatedDriver[],
  updateCommands: UpdateCommands | undefined,
): void => {
  if (updateCommands === undefined && drivers.some(({ kind }) => kind === "command"))
    throw noCommands();
};

const noCommands = (): ConfigError =>
  new ConfigError(
    "The profile has the image updated by the driver `command`, but its manifest says no `updateCommands`",
    { hint: "Add updateCommands to the manifest, or name another driver in the profile" },
  );
