import { expect, test } from "vitest";
import { sampleRun } from "../results/testing/sample-run.ts";
import { toTap } from "./tap.ts";

test("one check of every state, with guest text that would break the TAP", () => {
  expect(toTap(sampleRun)).toMatchInlineSnapshot(`
    "TAP version 14
    1..6
    ok 1 - boot-time/kernel
      ---
      title: "Title of boot-time/kernel"
      state: pass
      claim: C11
      duration_ms: 1500
      figures:
        - { name: "kernel", value: 3.3, unit: "s" }
      ...
    not ok 2 - read-only-root/remount
      ---
      title: "Title of read-only-root/remount"
      state: fail
      reason: "mount(2) of / with \\"rw\\" <succeeded> & \\\\x1b[31mmore\\\\x00"
      claim: C02
      duration_ms: 1500
      evidence:
        - { kind: console, at: "boots/01/console.log:120" }
        - { kind: exec, text: "first ]]> line\\nsecond # line\\\\x07" }
      ...
    ok 3 - kubelet/healthz # SKIP skip (boot failed: panic)
    ok 4 - containerd/critest/pull-image # SKIP unsupported (offline \\# no net)
    not ok 5 - containerd/critest/exec
      ---
      title: "Title of containerd/critest/exec"
      state: inconclusive
      reason: "slow-host"
      duration_ms: 1500
      ...
    not ok 6 - upgrade-rollback/power-cut/ab/step-3
      ---
      title: "Title of upgrade-rollback/power-cut/ab/step-3"
      state: error
      reason: "write log was empty"
      duration_ms: 1500
      flaky: [pass, error]
      ...
    "
  `);
});

test("a run that was interrupted ends in Bail out!", () => {
  const stopped = {
    ...sampleRun,
    status: "interrupted",
    verdict: "inconclusive",
    checks: sampleRun.checks.slice(0, 1),
    reason: "SIGTERM # from CI",
  } as const;
  expect(toTap(stopped)).toMatchInlineSnapshot(`
    "TAP version 14
    1..2
    ok 1 - boot-time/kernel
      ---
      title: "Title of boot-time/kernel"
      state: pass
      claim: C11
      duration_ms: 1500
      figures:
        - { name: "kernel", value: 3.3, unit: "s" }
      ...
    not ok 2 - run
      ---
      title: "The run itself"
      state: inconclusive
      reason: "SIGTERM # from CI"
      duration_ms: 0
      ...
    Bail out! SIGTERM \\# from CI
    "
  `);
});
