import { expect, test } from "vitest";
import { deadlineAfter } from "../core/deadline.ts";
import { createFakeClock } from "../results/testing/fake-clock.ts";
import { heedsPowerButton } from "./power-button.ts";

/** A guest whose button is pressed now; it said its last word a minute ago, and has computed for one. */
const pressed = ({ vcpuMs }: { readonly vcpuMs: number | undefined } = { vcpuMs: 60_000 }) => {
  const clock = createFakeClock();
  const guest = { vcpuMs, lastByteMs: -60_000 };
  const { promise: gone, resolve: end } = Promise.withResolvers<void>();
  const view = {
    clock,
    silentMs: () => clock.nowMs() - guest.lastByteMs,
    vcpuMs: () => guest.vcpuMs,
  };
  const answer = heedsPowerButton(gone, view, deadlineAfter(120_000, { clock }));
  const print = (): void => {
    guest.lastByteMs = clock.nowMs();
  };
  return { clock, guest, end, answer, print };
};

test("a guest that goes is waited for, and nothing is left running", async () => {
  const { clock, end, answer } = pressed();
  clock.advance(4000);
  end();
  expect([await answer, clock.pending()]).toEqual([undefined, 0]);
});

test("a guest that neither prints nor computes is given up after 5 s", async () => {
  const { clock, guest, answer } = pressed();
  guest.vcpuMs = 60_200;
  clock.advance(4999);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  expect([await answer, clock.pending()]).toEqual([
    "The guest did not heed its power button: for 5.0 s it printed nothing and its vCPUs idled",
    0,
  ]);
});

test.for([
  { how: "computes 1.5 s, then idles", vcpuMs: 60_000, later: 61_500 },
  { how: "whose vCPUs the host tells nothing of", vcpuMs: undefined, later: undefined },
])("a guest that $how has 30 s to print something", async ({ vcpuMs, later }) => {
  const { clock, guest, answer } = pressed({ vcpuMs });
  clock.advance(1500);
  guest.vcpuMs = later;
  clock.advance(28_499);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  expect(await answer).toBe(
    "The guest did not power off: 30 s after its power button was pressed it had printed nothing for 90 s",
  );
});

test("a guest that printed once has 30 s from then on", async () => {
  const { clock, answer, print } = pressed();
  clock.advance(1000);
  print();
  clock.advance(29_999);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  expect(await answer).toBe(
    "The guest did not power off: 31 s after its power button was pressed it had printed nothing for 30 s",
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
