import type { ClockSample } from "./session-info.ts";

/**
 * How the guest's monotonic clock relates to the host's (`Clock.nowMs`): guest = host + `offsetMs`, give or take
 * `errorMs`. The guest read its clock somewhere within the round trip, so half of that is the error.
 */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

export const clockOffset = (
  sample: ClockSample,
  sentMs: number,
  receivedMs: number,
): ClockOffset => ({
  offsetMs: sample.monotonicNs / 1e6 - (sentMs + receivedMs) / 2,
  errorMs: (receivedMs - sentMs) / 2,
});

/** The sample with the shorter round trip. */
export const betterOffset = (a: ClockOffset | undefined, b: ClockOffset): ClockOffset =>
  a !== undefined && a.errorMs <= b.errorMs ? a : b;
