import { ApiException } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { Collected, exitCodeOf, nodeKubeconfig, refusalIn } from "./cluster-client.ts";

test("an exec ends with success, with an exit code, or in another way", () => {
  const causes = [{ reason: "ExitCode", message: "37" }];
  expect([
    exitCodeOf({ status: "Success" }),
    exitCodeOf({ status: "Failure", reason: "NonZeroExitCode", details: { causes } }),
    exitCodeOf({ status: "Failure", reason: "InternalError", message: "no such container" }),
  ]).toEqual([0, 37, undefined]);
});

test("what the API server refuses for the node's sake is told; an invalid request is no refusal, nor is another error", () => {
  const answer = (code: number): unknown => new ApiException(code, "message", "body", {});
  expect(refusalIn(answer(500))).toBe("500 body");
  expect(refusalIn({ type: "error", message: "Unexpected server response: 502" })).toBe(
    "Unexpected server response: 502",
  );
  expect([answer(422), new Error("fetch failed"), undefined].map(refusalIn)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("of what a guest prints without end the beginning is kept", async () => {
  const collected = new Collected();
  const mebibyte = "x".repeat(1024 * 1024);
  for (let i = 0; i < 4; i += 1) collected.write(mebibyte);
  await new Promise<void>((resolve) => collected.end(resolve));
  expect(collected.text.length).toBeLessThanOrEqual(2 * Collected.maxBytes);
});

test("a node's kubeconfig names the address in its own network", () => {
  const plane = { guestAddress: "10.0.2.100", ca: "PEM", tokens: { admin: "a", node: "n" } };
  const text = nodeKubeconfig(plane, 6443);
  expect(text).toContain('"server":"https://10.0.2.100:6443"');
  expect(text).toContain('"token":"n"');
  expect(text).not.toContain('"a"');
});
