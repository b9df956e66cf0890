import { join } from "node:path";

const relay = join(import.meta.dirname, "relay.mjs");

/**
 * The command line of a program that joins its standard input and output to a port of 127.0.0.1, as QEMU takes it: it is split
 * like a shell would split it (g_shell_parse_argv), and run without one.
 */
export const relayCommand = (hostPort: number): string =>
  [process.execPath, "--no-warnings", relay, String(hostPort)].map(quoted).join(" ");

const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
