import { keyval } from "./keyval.ts";

/** A guest's reset by its watchdog is a reset as any other: QMP tells of it first (WATCHDOG), then `reboot` decides. */
export const watchdogOptions = (hasWatchdog: boolean | undefined): readonly string[] =>
  hasWatchdog === true
    ? ["-device", "i6300esb", "-action", keyval(undefined, ["watchdog", "reset"])]
    : [];
