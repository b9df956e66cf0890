import { existsSync } from "node:fs";

/**
 * What to put before an argv so that the kernel sends `signal` to the program when the thread that started it ends: no
 * clean-up code runs when this process is killed with SIGKILL. Empty where there is no setpriv (util-linux).
 */
export const deathLeash = (signal: "KILL" | "TERM"): readonly string[] =>
  existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", signal, "--"] : [];
