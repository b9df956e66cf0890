import { expect, test } from "vitest";
import { errorCodeOf } from "./errors.ts";
import { exec } from "./exec.ts";

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => errorCodeOf(error),
  );

test.each([
  ["plain", {}],
  ["with an end signal", { endSignal: "TERM" }],
] as const)(
  "%s: output, a program that fails, and one that is not there",
  async (_how, options) => {
    expect(await exec("echo", ["a"], options)).toEqual({ stdout: "a", stderr: "" });
    expect(await codeOf(exec("false", [], options))).toBe("COMMAND_FAILED");
    expect(await codeOf(exec("no-such-program", [], options))).toBe("HOST_TOOL_MISSING");
  },
);

test("a full disk is the host's fault", async () => {
  expect(await codeOf(exec("dd", ["if=/dev/zero", "of=/dev/full", "count=1"]))).toBe(
    "HOST_RESOURCE",
  );
});
