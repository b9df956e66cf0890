import { expect, test } from "vitest";
import { isAtLeast, requireSupported } from "./supported-version.ts";

test.each([
  ["1.7.24", "1.7", true],
  ["v2.0.0", "1.7", true],
  ["1.7.24~ds1", "1.6", true],
  ["1.10.0", "1.9", true],
  ["1.5.9", "1.6", false],
  ["0.9", "1.6", false],
  ["unknown", "1.6", false],
])("version %s is at least %s: %s", (version, least, is) => {
  expect(isAtLeast(version, least)).toBe(is);
});

const required = (version: string): string => {
  try {
    requireSupported(version);
    return "supported";
  } catch (error) {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  }
};

test("a containerd that can be asked is supported", () => {
  expect(["1.6.0", "1.6.20~ds1", "1.7.24", "v2.1.9"].map(required)).toEqual(
    Array.from({ length: 4 }, () => "supported"),
  );
});

test("an older one is not, with both versions and what to do", () => {
  expect(required("1.4.13~ds1")).toBe(
    "unsupported: The image has containerd 1.4.13~ds1, and this suite can ask 1.6 and later, the first with version 1 of the CRI: put a newer containerd into the image, or leave suite containerd out",
  );
});

test("nor is one without a version", () => {
  expect(required("unknown")).toBe(
    'unsupported: containerd calls its version "unknown", which cannot be compared with 1.6, the oldest that this suite can ask: build it with its version, or leave suite containerd out',
  );
});
