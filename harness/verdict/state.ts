/**
 * The verdict words. They are a contract: checks and whole runs use the same six.
 *
 * - `pass`          the act was tried and the promise held
 * - `fail`          the image broke its promise
 * - `skip`          not tried, for a stated reason that lies in this run (its boot failed, a file was not selected)
 * - `unsupported`   the image or host cannot have what the check is about (offline, no systemd)
 * - `inconclusive`  host, emulator or noise: no verdict about the image
 * - `error`         a fault of Bootwright
 */
export const states = ["pass", "fail", "skip", "unsupported", "inconclusive", "error"] as const;
export type State = (typeof states)[number];

/** Exit code of `bootwright run`. 2 (usage) is decided before there is anything to judge. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** The run's word for a set of check states: error over fail over inconclusive over pass. */
export const verdictOf = (checkStates: readonly State[]): State => {
  if (checkStates.includes("error")) return "error";
  if (checkStates.includes("fail")) return "fail";
  if (checkStates.includes("inconclusive")) return "inconclusive";
  if (checkStates.includes("pass")) return "pass";
  // Nothing was decided: an empty or all-skipped run must never read as green.
  return "inconclusive";
};

export const exitCodeOf = (verdict: State): ExitCode => {
  switch (verdict) {
    case "error":
      return 4;
    case "fail":
      return 1;
    case "inconclusive":
    case "skip":
    case "unsupported":
      return 3;
    case "pass":
      return 0;
  }
};
