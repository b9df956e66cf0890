import { expect, test } from "vitest";
import { deadlineAfter } from "../core/deadline.ts";
import { createFakeClock } from "../results/testing/fake-clock.ts";
import { heedsPowerButton } from "./power-button.ts";

/** A guest whose button is pressed now; it said its last word a minute ago. */
const pressed = () => {
  const clock = createFakeClock();
  const guest = { isIdle: true, lastByteMs: -60_000 };
  const { promise: gone, resolve: end } = Promise.withResolvers<void>();
  const view = {
    clock,
    silentMs: () => clock.nowMs() - guest.lastByteMs,
    isIdle: () => guest.isIdle,
  };
  const answer = heedsPowerButton(gone, view, deadlineAfter(120_000, { clock }));
  const print = (): void => {
    guest.lastByteMs = clock.nowMs();
  };
  return { clock, guest, end, answer, print };
};

test("a guest that goes is waited for, and nothing is left running", async () => {
  const { clock, end, answer, guest } = pressed();
  guest.isIdle = false;
  clock.advance(4000);
  end();
  expect([await answer, clock.pending()]).toEqual([undefined, 0]);
});

test("a guest that neither prints nor computes is given up after 5 s", async () => {
  const { clock, answer } = pressed();
  clock.advance(4999);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  expect([await answer, clock.pending()]).toEqual([
    "The guest did not heed its power button: for 5.0 s it printed nothing and its vCPUs idled",
    0,
  ]);
});

test("a guest that computes in silence is given up after 30 s", async () => {
  const { clock, guest, answer } = pressed();
  guest.isIdle = false;
  clock.advance(29_999);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  expect(await answer).toBe(
    "The guest did not power off: 30 s after its power button was pressed it had printed nothing for 90 s",
  );
});

test("a guest that speaks has until the deadline, however it idles between its words", async () => {
  const { clock, answer, print } = pressed();
  for (let spoken = 0; spoken < 11; spoken += 1) {
    clock.advance(4000);
    print();
    clock.advance(6000);
  }
  expect(clock.pending()).toBe(1);
  print();
  clock.advance(10_000);
  expect(await answer).toBe("The guest did not power off within 120 s of its power button");
});
