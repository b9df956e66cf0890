import { z } from "zod";
import { diskSerial, guestPath, regexText } from "../field-schemas.ts";

/** What the data-disk suite expects. */
export interface DataDisk {
  /** Where the data disk is mounted, whole. */
  readonly mountPoint: string;
  /** One of the manifest's disks. */
  readonly serial: string;
  /** Whether the OS finds it by that serial; false: it is the one disk that there is. Default true. */
  readonly isChosenBySerial: boolean;
  /**
   * A regular expression for the console line that says why a machine without its data disk does not start; absent when the
   * OS does not say what it prints.
   */
  readonly missingMessage?: string;
}

export const dataDiskSchema: z.ZodType<DataDisk> = z.strictObject({
  mountPoint: guestPath,
  serial: diskSerial,
  isChosenBySerial: z.boolean().default(true),
  missingMessage: regexText.exactOptional(),
});
