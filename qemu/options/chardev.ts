import { keyval } from "./keyval.ts";

/** A Unix socket on which QEMU listens without waiting. */
export const socketChardev = (id: string, socketPath: string): readonly string[] => [
  "-chardev",
  keyval("socket", ["id", id], ["path", socketPath], ["server", true], ["wait", false]),
];
