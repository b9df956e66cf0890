import type { Console } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/** The UART that the guest calls ttyS0. A virtio console is no substitute: it drops data when the reader is slow. */
export const consoleOptions = (console: Console): readonly string[] => [
  "-chardev",
  keyval(
    "pipe",
    ["id", "console"],
    ["path", console.pipePath],
    ["logfile", console.logPath],
    ["logappend", console.logPath === undefined ? undefined : true],
  ),
  ...["-device", keyval("isa-serial", ["chardev", "console"], ["index", 0])],
];
