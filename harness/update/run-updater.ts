import type { AgentClient } from "../agent/agent-client.ts";
import { errnoOf } from "../agent/errno-of.ts";
import type { ExecResult } from "../agent/exec-in-guest.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { GuestError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { DriverOptions } from "./driver.ts";

/**
 * What one program of an updater may take on a host of common speed. Under emulation on a busy host a deployment of the reference
 * image took 20 s; one that fetches every object of a release anew takes longer.
 */
const programMs = 300_000;
const keptCharacters = 2000;

/**
 * Runs a program of the node's updater to its end.
 * @returns what it printed to stdout.
 * @throws {GuestError} UPDATE_FAILED when the guest does not have it, or it does not end with exit code 0; {TimeoutError}.
 */
export const runUpdater = async (
  agent: Pick<AgentClient, "exec">,
  argv: readonly string[],
  { slowness, onRun }: DriverOptions,
): Promise<string> => {
  const deadline = deadlineAfter(programMs * Math.max(1, slowness));
  const { exit, stdout, stderr, elapsedMs } = await agent
    .exec(argv, { deadline })
    .catch((error: unknown) => notStarted(argv, error));
  const end = endOf(exit);
  const printed = printable(
    `${String(stdout)}${String(stderr)}`.trim().replaceAll(/\s*\n/g, " | ").slice(-keptCharacters),
    keptCharacters,
  );
  onRun?.({ argv, end, elapsedMs, printed });
  if (exit.kind === "exited" && exit.code === 0) return String(stdout);
  throw new GuestError(
    "UPDATE_FAILED",
    `Expected ${commandLine(argv)} to update the node, but it ended with ${end} after ${(elapsedMs / 1000).toFixed(1)} s: ${printed || "it printed nothing"}`,
    { details: { argv, end } },
  );
};

const notStarted = (argv: readonly string[], cause: unknown): never => {
  const errno = errnoOf(cause);
  const why = errno === undefined ? undefined : whyNotStarted[errno];
  if (why === undefined) throw cause;
  const [program = ""] = argv;
  throw new GuestError(
    "UPDATE_FAILED",
    `Expected the guest's updater at ${printable(program, 200)}, but ${why}`,
    {
      hint: "Name the driver by which this image is updated in section `upgrade` of its profile, and for `command` its programs in `updateCommands` of its manifest",
      details: { argv, errno },
      cause,
    },
  );
};

const whyNotStarted: Readonly<Record<string, string>> = {
  ENOENT: "the guest has no such file",
  EACCES: "the guest may not run it",
  // A file system that gave itself up after a write failed: not even what is in it can be started.
  EIO: "the guest cannot read it",
};

const endOf = (exit: ExecResult["exit"]): string =>
  exit.kind === "exited" ? `exit code ${exit.code}` : `signal ${exit.signal}`;

/** As a reader would type it; no shell ever sees it. */
export const commandLine = (argv: readonly string[]): string => printable(argv.join(" "), 500);
