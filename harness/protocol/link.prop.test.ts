import { array, assert, nat, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import type { Clock } from "../core/clock.ts";
import { noCounts } from "./counters.ts";
import { type Frame, frameTypes } from "./frame.ts";
import { type FramingTraits, framings } from "./framing.ts";
import { Link } from "./link.ts";

/** Time passes when the test says so. */
const fakeClock = (): Clock & { advance: (ms: number) => void } => {
  let nowMs = 0;
  const timers = new Map<object, { readonly atMs: number; readonly callback: () => void }>();
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const key = {};
      timers.set(key, { atMs: nowMs + delayMs, callback });
      return () => timers.delete(key);
    },
    advance: (ms) => {
      nowMs += ms;
      for (const [key, timer] of [...timers]) {
        if (timer.atMs > nowMs || !timers.delete(key)) continue;
        timer.callback();
      }
    },
  };
};

interface Side {
  readonly link: Link;
  readonly received: Buffer[];
  readonly outgoing: Frame[];
  readonly broken: string[];
}

const side = (isHost: boolean, traits: FramingTraits, clock: Clock): Side => {
  const received: Buffer[] = [];
  const outgoing: Frame[] = [];
  const broken: string[] = [];
  const link = new Link({
    session: 7,
    isHost,
    traits,
    clock,
    counters: noCounts(),
    transmit: (frame) => {
      outgoing.push(frame);
      return true;
    },
    onMessage: (_type, payload) => received.push(Buffer.from(payload)),
    onBroken: (reason) => broken.push(reason),
  });
  return { link, received, outgoing, broken };
};

const messages = array(uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 20 });

test("Over a line that loses frames, every message arrives once and in order, both ways", () => {
  assert(
    property(messages, array(nat(2), { minLength: 1, maxLength: 50 }), (payloads, losses) => {
      const clock = fakeClock();
      const sides = [side(true, framings.line, clock), side(false, framings.line, clock)] as const;
      const [host, guest] = sides;
      for (const payload of payloads) {
        void host.link.send(frameTypes.request, Buffer.from(payload));
        void guest.link.send(frameTypes.response, Buffer.from(payload));
      }
      let carried = 0;
      const carry = (from: Side, to: Side): void => {
        for (const frame of from.outgoing.splice(0)) {
          carried += 1;
          // After the given losses the line is good, or the test would never end.
          if (losses[carried] !== 0 || carried >= losses.length) to.link.receive(frame);
        }
      };
      const sent = payloads.map((payload) => Buffer.from(payload));
      for (
        let round = 0;
        round < 400 && guest.received.length + host.received.length < 2 * sent.length;
        round += 1
      ) {
        carry(host, guest);
        carry(guest, host);
        clock.advance(500);
      }
      expect(guest.received).toEqual(sent);
      expect(host.received).toEqual(sent);
      host.link[Symbol.dispose]();
      guest.link[Symbol.dispose]();
    }),
    { numRuns: 50 },
  );
});

test("A sender waits when the window is full, and goes on when the other side has acknowledged", async () => {
  const clock = fakeClock();
  const host = side(true, framings.line, clock);
  const guest = side(false, framings.line, clock);
  let admitted = 0;
  const sending = Array.from({ length: 20 }, async () => {
    await host.link.send(frameTypes.data, Buffer.alloc(1536));
    admitted += 1;
  });
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect({ admitted, transmitted: host.outgoing.length }).toEqual({
    admitted: 16,
    transmitted: 16,
  });
  for (let round = 0; round < 10; round += 1) {
    for (const frame of host.outgoing.splice(0)) guest.link.receive(frame);
    for (const frame of guest.outgoing.splice(0)) host.link.receive(frame);
  }
  await Promise.all(sending);
  expect(guest.received.length).toBe(20);
});

test("A duplicate is dropped and acknowledged again; a gap is asked for once", () => {
  const clock = fakeClock();
  const host = side(true, framings.binary, clock);
  const guest = side(false, framings.binary, clock);
  for (const text of ["one", "two", "three", "four"]) {
    void host.link.send(frameTypes.data, Buffer.from(text));
  }
  const [one, two, three, four] = host.outgoing.splice(0);
  if (!one || !two || !three || !four) throw new Error("four frames expected");
  for (const frame of [one, one, three, four]) guest.link.receive(frame);
  expect(guest.received.map(String)).toEqual(["one"]);
  const asked = guest.outgoing.splice(0).map(({ type, ack }) => ({ type, ack }));
  expect(asked).toEqual([{ type: frameTypes.nak, ack: 1 }]);
  host.link.receive({
    ...one,
    isFromHost: false,
    type: frameTypes.nak,
    seq: 0,
    ack: 1,
    payload: Buffer.alloc(0),
  });
  for (const frame of host.outgoing.splice(0)) guest.link.receive(frame);
  expect(guest.received.map(String)).toEqual(["one", "two", "three", "four"]);
});

test("An acknowledgement of what was never sent, or a message without end, breaks the session", () => {
  const clock = fakeClock();
  const { link, broken } = side(true, framings.binary, clock);
  const frame: Frame = {
    session: 7,
    seq: 1,
    ack: 0,
    type: frameTypes.data,
    isFromHost: false,
    hasMore: true,
    payload: Buffer.alloc(700_000),
  };
  link.receive(frame);
  link.receive({ ...frame, seq: 2 });
  link.receive({ ...frame, seq: 3, ack: 9 });
  expect(broken).toEqual([
    "a message is longer than 1048576 bytes",
    "frame 9 was acknowledged but never sent",
  ]);
});
