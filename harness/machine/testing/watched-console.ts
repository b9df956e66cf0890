import { type ConsoleEngine, createConsoleEngine } from "../../console/console-engine.ts";
import { createFakeClock, type FakeClock } from "../../results/testing/fake-clock.ts";
import { FailureWatch } from "../failure-watch.ts";

/** A failure watch behind a real console engine, with no machine. */
export interface WatchedConsole {
  readonly clock: FakeClock;
  readonly engine: ConsoleEngine;
  readonly watch: FailureWatch;
  readonly host: { isIdle: boolean; oomKills: number };
  /** Lines that come now. */
  print(...lines: readonly string[]): void;
  qmp(name: string, data?: Readonly<Record<string, unknown>>): void;
}

export const watchedConsole = (): WatchedConsole => {
  const clock = createFakeClock();
  const host = { isIdle: false, oomKills: 0 };
  let lastByteMs = 0;
  const engine = createConsoleEngine({ clock, onEvent: (event) => watch.console(event) });
  const watch = new FailureWatch({
    clock,
    lastLines: (count) => engine.lastLines(count),
    silentMs: () => clock.nowMs() - lastByteMs,
    isIdle: () => host.isIdle,
    oomKills: () => host.oomKills,
  });
  return {
    clock,
    engine,
    watch,
    host,
    print: (...lines) => {
      lastByteMs = clock.nowMs();
      engine.feed(Buffer.from(lines.map((line) => `${line}\r\n`).join("")), lastByteMs);
    },
    qmp: (name, data = {}) => watch.qmp({ name, data, atMs: 0 }),
  };
};
