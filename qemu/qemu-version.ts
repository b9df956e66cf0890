import { HostError } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** With the distribution's package version, as the program prints it; part of every cache key. */
  readonly text: string;
}

/** Reads the first line of `qemu-system-x86_64 --version` or `qemu-img --version`. */
export const parseQemuVersion = (output: string): QemuVersion => {
  const line = output.split("\n", 1)[0] ?? "";
  const match = /version ((\d+)\.(\d+)\.(\d+)(?: \([^)]*\))?)/.exec(line);
  if (match === null) {
    throw new HostError(
      "HOST_TOOL_MISSING",
      `Expected a line like "QEMU emulator version 10.0.2", saw "${printable(line, 200)}"`,
      { hint: "Run ci/setup" },
    );
  }
  const [, text = "", major = "", minor = "", micro = ""] = match;
  return { major: Number(major), minor: Number(minor), micro: Number(micro), text };
};
