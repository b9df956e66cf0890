import { keyval } from "./keyval.ts";

/** A Unix socket on which QEMU listens without waiting; `logPath` gets every byte, connected or not. */
export const socketChardev = (
  id: string,
  socketPath: string,
  logPath?: string,
): readonly string[] => [
  "-chardev",
  keyval(
    "socket",
    ["id", id],
    ["path", socketPath],
    ["server", true],
    ["wait", false],
    ["logfile", logPath],
    ["logappend", logPath === undefined ? undefined : true],
  ),
];
