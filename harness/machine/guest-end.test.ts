import { expect, test } from "vitest";
import { uncleanEndOf } from "./guest-end.ts";
import type { MachineFailure } from "./machine-failure.ts";

const shutdown = (reason: string) => ({
  name: "SHUTDOWN",
  data: { guest: true, reason },
  atMs: 0,
});

test("a guest that was asked to power off did so, or it is said how it ended", () => {
  const panic: MachineFailure = {
    kind: "panic",
    reason: "The kernel panicked",
    witness: "qmp",
    context: [],
  };
  expect([
    uncleanEndOf(shutdown("guest-shutdown"), undefined),
    uncleanEndOf(shutdown("guest-reset"), undefined),
    uncleanEndOf(undefined, undefined),
    uncleanEndOf(shutdown("guest-reset"), panic),
  ]).toEqual([
    undefined,
    "The guest did not power off when it was asked to, but ended by QMP guest-reset",
    "The guest did not power off when it was asked to, but ended by QMP unknown",
    "The machine failed while it powered off: panic: The kernel panicked",
  ]);
});
