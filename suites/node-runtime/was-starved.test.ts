import { expect, test } from "vitest";
import { wasStarved } from "./was-starved.ts";

const sample = (cpuMs: number, waitedMs: number, atMs = 0) => ({ atMs, cpuMs, waitedMs });
const before = sample(100, 1000);

test("starved: it waited for the host longer than it ran", () => {
  expect(wasStarved({ sampleLoad: () => sample(150, 1051) }, before)).toBe(true);
});

test("not starved: it had little to do, and waited for a small part of the time", () => {
  const quiet = { sampleLoad: () => sample(4000, 29_000, 60_000) };
  expect(wasStarved(quiet, sample(0, 0))).toBe(false);
  expect(wasStarved({ sampleLoad: () => sample(4000, 31_000, 60_000) }, sample(0, 0))).toBe(true);
});

test("not starved: what it waited before counts for nothing", () => {
  expect(wasStarved({ sampleLoad: () => sample(150, 1049) }, before)).toBe(false);
});

test("not starved, as far as is known, where nothing was sampled", () => {
  expect(wasStarved({ sampleLoad: () => undefined }, undefined)).toBe(false);
});
