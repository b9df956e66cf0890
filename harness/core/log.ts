// The only importer of pino. Logs are for developers and go to stderr; results never depend on them.
import { destination, type Logger, pino } from "pino";

/** `BOOTWRIGHT_LOG=debug` (trace, debug, info, warn, error, silent); default silent. */
export const log: Logger = pino(
  { level: process.env["BOOTWRIGHT_LOG"] ?? "silent", base: null },
  destination({ dest: 2, sync: true }),
);
