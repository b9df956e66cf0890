import type { StoppedMachine } from "./booted-machine.ts";
import type { DiskContents } from "./machine-plan.ts";

/** What a machine left on the disks that it could write. */
export const contentsOf = ({ disks }: StoppedMachine): DiskContents =>
  Object.fromEntries(
    disks
      .filter(({ readOnly }) => !readOnly)
      .map(({ serial, path, format, backing }) => [
        serial,
        { path, format, ...(backing === undefined ? {} : { backing }) },
      ]),
  );
