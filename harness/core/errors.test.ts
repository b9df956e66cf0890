import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorCodes, HostError, QemuError, renderError } from "./errors.ts";

test("renders the whole cause chain with codes and hints", () => {
  const cause = new HostError("HOST_TOOL_MISSING", "Program qemu-img is not on the PATH", {
    hint: "Run ci/setup",
  });
  const error = new QemuError("QEMU_START", "QEMU did not start within 5 s", { cause });
  expect(renderError(error)).toBe(
    [
      "QEMU did not start within 5 s [QEMU_START]",
      "because: Program qemu-img is not on the PATH [HOST_TOOL_MISSING]",
      "  hint: Run ci/setup",
    ].join("\n"),
  );
});

test("renders what is not an Error", () => {
  expect(renderError("plain text")).toBe("plain text");
});

test("every code has a row in docs/errors.md, and no row is left over", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(rows.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
});
