import type { StoppedMachine } from "./booted-machine.ts";
import { type DiskContents, firmwareVariablesSerial } from "./machine-plan.ts";

/** What a machine left on the disks that it could write, and in its firmware's variables. */
export const contentsOf = ({ disks, firmwareVariables }: StoppedMachine): DiskContents => ({
  ...(firmwareVariables === undefined
    ? {}
    : { [firmwareVariablesSerial]: { path: firmwareVariables, format: "raw" } }),
  ...Object.fromEntries(
    disks
      .filter(({ readOnly }) => !readOnly)
      .map(({ serial, path, format, backing }) => [
        serial,
        { path, format, ...(backing === undefined ? {} : { backing }) },
      ]),
  ),
});
