import { HostError } from "../core/errors.ts";

/** What a failed write to the run directory becomes: the host's fault, never the image's. */
export const recordingError = (path: string, error: unknown): HostError => {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "unknown error";
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new HostError(
    "HOST_RESOURCE",
    isFull
      ? `The disk is full: ${path} could not be written (${code})`
      : `${path} could not be written (${code})`,
    {
      hint: isFull
        ? "Free space there, or name a directory on another disk with --out; what was recorded before stays readable"
        : "Check that the directory exists and may be written, or name another with --out",
      details: { path, code },
      cause: error,
    },
  );
};
