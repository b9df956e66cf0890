import { expect, test } from "vitest";
import { entriesIn } from "./ostree.ts";

const v1 = "1".repeat(64);
const v2 = "2".repeat(64);

// As ostree 2025.2 prints it in the reference image (2026-11-30).
const pending = `  node ${v2}.0 (pending)
    Version: 2
    origin refspec: node/stable
* node ${v1}.0
    origin refspec: node/stable
`;

test("the first deployment is the next boot's, the one with a star runs", () => {
  expect(entriesIn(pending, "node")).toEqual([
    { identity: v2, isBooted: false, isNext: true },
    { identity: v1, isBooted: true, isNext: false },
  ]);
});

test("deployments of another OS are left out, but count in the order", () => {
  const status = `  other ${v2}.0\n* node ${v1}.0\n  node ${v2}.1 (rollback)\n`;
  expect(entriesIn(status, "node")).toEqual([
    { identity: v1, isBooted: true, isNext: false },
    { identity: v2, isBooted: false, isNext: false },
  ]);
});

test("what is no deployment's line is none", () => {
  expect(entriesIn(`No deployments.\n    node ${v1}.0\n* node ${v1}\n`, "node")).toEqual([]);
});
