import { expect, test } from "vitest";
import type { RunEvent, RunEventBody } from "../../results/run-event.ts";
import { createFakeClock, type FakeClock } from "../../results/testing/fake-clock.ts";
import { deadBoot, sampleBoot, sampleCheck, sampleRun } from "../../results/testing/sample-run.ts";
import { createProgress, type Progress } from "./progress.ts";

interface Screen {
  readonly clock: FakeClock;
  readonly progress: Progress;
  readonly send: (event: RunEventBody) => void;
  /** What was written, with escapes made visible and one line of text per redraw. */
  readonly written: () => string;
}

const open = (options: { isTty: boolean; columns?: number; colour?: boolean }): Screen => {
  const clock = createFakeClock();
  let text = "";
  const progress = createProgress({
    isTty: options.isTty,
    columns: () => options.columns ?? 80,
    colour: options.colour ?? false,
    clock,
    write: (piece) => {
      text += piece;
    },
  });
  const send = (body: RunEventBody): void =>
    progress.onEvent({
      at: "2026-11-21T20:00:00.000Z",
      elapsedMs: clock.nowMs(),
      ...body,
    } satisfies RunEvent);
  const written = (): string =>
    text.replaceAll("\r\u001b[2K", "\n<erase>").replaceAll("\u001b", "<esc>");
  return { clock, progress, send, written };
};

const tellAll = ({ send, clock }: Screen): void => {
  send({ kind: "run-started", schemaVersion: 1, image: "reference", checksPlanned: 6 });
  send({ kind: "boot-started", boot: "01", configuration: "q35-bios", budgetMs: 60_000 });
  clock.advance(900);
  send({ kind: "phase-entered", boot: "01", phase: "kernel", budgetMs: 9000 });
  clock.advance(2500);
  send({ kind: "boot-finished", boot: sampleBoot });
  send({ kind: "boot-finished", boot: deadBoot });
  send({ kind: "check-started", id: "boot-time/kernel" });
  for (const check of sampleRun.checks) {
    clock.advance(40);
    send({ kind: "check-finished", check });
  }
  send({ kind: "note", level: "warning", text: "steal time is high\u001b[2J" });
  clock.advance(1000);
  send({ kind: "run-finished", verdict: "error" });
};

test("in a pipe: plain lines, no escapes", () => {
  const screen = open({ isTty: false, colour: true });
  tellAll(screen);
  expect(screen.written()).toMatchInlineSnapshot(`
    "run reference: 6 checks
    boot 01 q35-bios started
    boot 01 kernel
    boot 01 q35-bios pass (13 s)
    boot 02 q35-uefi fail (4.0 s): panic: Kernel panic - not syncing: VFS: \\x1b[31mUnable to mount root fs
    pass         boot-time/kernel (1.5 s)
    fail         read-only-root/remount (1.5 s): mount(2) of / with "rw" <succeeded> & \\x1b[31mmore\\x00
    skip         kubelet/healthz (1.5 s): boot failed: panic
    unsupported  containerd/critest/pull-image (1.5 s): offline # no net
    inconclusive containerd/critest/exec (1.5 s): slow-host
    error        upgrade-rollback/power-cut/ab/step-3 (1.5 s): write log was empty
    warning: steal time is high\\x1b[2J
    run finished: error
    "
  `);
});

test("on a terminal: a line for each result and a live line under them", () => {
  const screen = open({ isTty: true });
  tellAll(screen);
  expect(screen.written()).toMatchInlineSnapshot(`
    "run reference: 6 checks

    <erase>[0/6]
    <erase>[0/6]  boot 01 q35-bios  100 ms of 60 s
    <erase>[0/6]  boot 01 kernel  0 ms of 9.0 s
    <erase>[0/6]  boot 01 kernel  1.0 s of 9.0 s
    <erase>[0/6]  boot 01 kernel  2.0 s of 9.0 s
    <erase>✓ boot 01 q35-bios (13 s)

    <erase>[0/6]
    <erase>✗ boot 02 q35-uefi (4.0 s): panic: Kernel panic - not syncing: VFS: \\x1b[31mUnable to mount root fs
    ✓ boot-time/kernel (1.5 s)
    ✗ read-only-root/remount (1.5 s): mount(2) of / with "rw" <succeeded> & \\x1b[31mmore\\x00

    <erase>[2/6]  last read-only-root/remount
    <erase>- kubelet/healthz (1.5 s) skip: boot failed: panic
    - containerd/critest/pull-image (1.5 s) unsupported: offline # no net

    <erase>[4/6]  last containerd/critest/pull-image
    <erase>? containerd/critest/exec (1.5 s) inconclusive: slow-host
    ! upgrade-rollback/power-cut/ab/step-3 (1.5 s) error: write log was empty
    warning: steal time is high\\x1b[2J

    <erase>[6/6]  last upgrade-rollback/power-cut/ab/step-3
    <erase>"
  `);
  expect(screen.clock.pending()).toBe(0);
});

test("colour marks the sign only", () => {
  const screen = open({ isTty: true, colour: true });
  screen.send({ kind: "check-finished", check: sampleCheck("a/b", { state: "pass" }) });
  screen.progress[Symbol.dispose]();
  expect(screen.written()).toMatchInlineSnapshot(`
    "<esc>[32m✓<esc>[0m a/b (1.5 s)

    <erase>[1]  last a/b
    <erase>"
  `);
});

test("checks that run side by side are shown until each is finished, the last one first", () => {
  const screen = open({ isTty: true, columns: 200 });
  for (const id of ["s/report", "s/one", "s/two"]) {
    screen.send({ kind: "check-started", id });
    screen.clock.advance(1000);
  }
  screen.send({ kind: "check-finished", check: sampleCheck("s/one", { state: "pass" }) });
  screen.clock.advance(1000);
  screen.send({ kind: "check-finished", check: sampleCheck("s/two", { state: "pass" }) });
  screen.progress[Symbol.dispose]();
  const lines = screen.written().split("<erase>").slice(1, -1);
  expect([...new Set(lines.map((line) => line.trimEnd()))]).toEqual([
    "[0]  s/report  0 ms",
    "[0]  s/report  1.0 s",
    "[0]  s/one  100 ms  s/report  1.1 s",
    "[0]  s/two  0 ms  s/one  1.0 s  +1",
    "[0]  s/two  1.0 s  s/one  2.0 s  +1",
    "✓ s/one (1.5 s)",
    "[1]  s/two  1.1 s  s/report  3.1 s  last s/one",
    "✓ s/two (1.5 s)",
    "[2]  s/report  4.0 s  last s/two",
  ]);
});

test("the live line never wraps, whatever the width", () => {
  for (const columns of [0, 1, 2, 10, 40]) {
    const screen = open({ isTty: true, columns });
    screen.send({
      kind: "boot-started",
      boot: "01",
      configuration: "日本語".repeat(30),
      budgetMs: 1000,
    });
    const [, live = ""] = screen.written().split("<erase>");
    expect(live.length).toBeLessThanOrEqual(Math.max(0, columns - 1));
  }
});

test("a thousand events in a second redraw the live line at most eleven times", () => {
  const screen = open({ isTty: true });
  for (let n = 0; n < 1000; n += 1) {
    screen.send({ kind: "check-started", id: `a/${n}` });
    screen.clock.advance(1);
  }
  const redraws = screen.written().split("<erase>").length - 1;
  screen.progress[Symbol.dispose]();
  expect([redraws, screen.clock.pending()]).toEqual([11, 0]);
});
