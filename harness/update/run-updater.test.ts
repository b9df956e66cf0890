import { expect, test } from "vitest";
import type { ExecResult } from "../agent/exec-in-guest.ts";
import { GuestError } from "../core/errors.ts";
import type { UpdaterRun } from "./driver.ts";
import { runUpdater } from "./run-updater.ts";

const ended = (code: number, stderr: string): { exec: () => Promise<ExecResult> } => ({
  exec: async () => ({
    exit: { kind: "exited", code },
    stdout: Buffer.from("told\n"),
    stderr: Buffer.from(stderr),
    isTruncated: false,
    elapsedMs: 1500,
    userMs: 0,
    systemMs: 0,
    maxRssKiB: 0,
  }),
});

test("a program that ends with 0 gives what it printed, and its run is told", async () => {
  const runs: UpdaterRun[] = [];
  const options = { slowness: 1, onRun: (run: UpdaterRun) => runs.push(run) };
  expect(await runUpdater(ended(0, "note\u001b[0m"), ["/usr/bin/up", "now"], options)).toBe(
    "told\n",
  );
  expect(runs).toEqual([
    {
      argv: ["/usr/bin/up", "now"],
      end: "exit code 0",
      elapsedMs: 1500,
      printed: "told | note\\x1b[0m",
    },
  ]);
});

test("one that fails says how, after how long, and with what last words", async () => {
  await expect(
    runUpdater(ended(1, "error: No space left on device"), ["/usr/bin/up"], { slowness: 1 }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[GuestError: Expected /usr/bin/up to update the node, but it ended with exit code 1 after 1.5 s: told | error: No space left on device]`,
  );
});

test.each([
  ["ENOENT", "the guest has no such file"],
  ["EIO", "the guest cannot read it"],
])("one that cannot be started (%s) is told, with what to do", async (errno, why) => {
  const cause = new GuestError("AGENT_REQUEST", "not started", { details: { errno } });
  const exec = async (): Promise<never> => {
    throw cause;
  };
  const failed = await runUpdater({ exec }, ["/usr/bin/up"], { slowness: 1 }).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({
    code: "UPDATE_FAILED",
    message: `Expected the guest's updater at /usr/bin/up, but ${why}`,
  });
});
