import type { BootFailure } from "../../harness/index.ts";

/** Failures that only the harness' own deadline ends: the machine itself says nothing. */
const silent: readonly BootFailure["kind"][] = ["hang", "no-agent", "timeout"];

/** Whether the machine told that it failed, and did so before the boot's deadline. */
export const isVisible = ({ kind }: BootFailure): boolean => !silent.includes(kind);
