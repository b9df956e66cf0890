import type { Clock } from "../core/clock.ts";

/** What a failure watch can look at besides the events that it is told. */
export interface Surroundings {
  readonly clock: Clock;
  /** The console's newest, printable, oldest first. */
  lastLines(count: number): readonly string[];
  /** Since the console's last byte. */
  silentMs(): number;
  /** The guest hardly computed in the last `windowMs`. */
  isIdle(windowMs: number): boolean;
  /** How often the host killed something of ours for want of memory. */
  oomKills(): number;
}
