import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";

/** Prints an error with its causes and hints to stderr; returns the exit code that it stands for. */
export const reportError = (thrown: unknown): 2 | 3 | 4 => {
  const error = firstOf(thrown);
  for (const line of renderError(error).split("\n"))
    process.stderr.write(`bootwright: ${printable(line)}\n`);
  if (process.env["BOOTWRIGHT_LOG"] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return exitCodeOfError(error);
};

/** Clean-up that fails for the same reason (a full disk) hides the error that came first. */
const firstOf = (error: unknown): unknown =>
  error instanceof SuppressedError ? firstOf(error.suppressed) : error;

/** 2 for what the user can correct, 3 for what the host lacks, 4 for the rest: see docs/errors.md. */
const exitCodeOfError = (error: unknown): 2 | 3 | 4 => {
  switch (errorCodeOf(error)) {
    case "USAGE":
    case "CONFIG_INVALID":
    case "IMAGE_UNKNOWN":
    case "IMAGE_UNUSABLE":
    case "IMAGE_DIGEST":
    case "RESULTS_INVALID":
    case "BUDGET_UNUSABLE":
      return 2;
    case "HOST_TOOL_MISSING":
    case "HOST_RESOURCE":
    case "ABORTED":
    case "QEMU_START":
      return 3;
    case undefined:
      return hostFaults.test(String((error as { code?: unknown } | null)?.code)) ? 3 : 4;
    default:
      return 4;
  }
};

/** What the operating system says when the host, and not the program, is at fault. */
const hostFaults = /^(EACCES|EDQUOT|EIO|EMFILE|ENFILE|ENOMEM|ENOSPC|EPERM|EROFS)$/;
