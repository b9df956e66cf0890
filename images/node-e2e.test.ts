import { expect, test } from "vitest";
import { nodeE2eSelection } from "./node-e2e.ts";

test("the selection of node tests can be read, and each spec that is left out has a reason", () => {
  const { leftOut, standard } = nodeE2eSelection();
  expect(leftOut.filter(({ reason }) => reason.length < 10)).toEqual([]);
  expect(standard.length).toBeGreaterThan(0);
});
