import { expect, test } from "vitest";
import { onInterrupt } from "./on-interrupt.ts";

test("a write to a QEMU that has died does not end the run: nothing listens for the kernel's SIGPIPE", () => {
  using _signals = onInterrupt(() => undefined);
  expect(process.listenerCount("SIGPIPE")).toBe(0);
});
