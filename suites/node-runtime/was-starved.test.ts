import { expect, test } from "vitest";
import { wasStarved } from "./was-starved.ts";

const sample = (cpuMs: number, waitedMs: number) => ({ atMs: 0, cpuMs, waitedMs });
const before = sample(100, 1000);

test("starved: it waited for the host longer than it ran", () => {
  expect(wasStarved({ sampleLoad: () => sample(150, 1051) }, before)).toBe(true);
});

test("not starved: what it waited before counts for nothing", () => {
  expect(wasStarved({ sampleLoad: () => sample(150, 1049) }, before)).toBe(false);
});

test("not starved, as far as is known, where nothing was sampled", () => {
  expect(wasStarved({ sampleLoad: () => undefined }, undefined)).toBe(false);
});
