import { ApiException } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import {
  Collected,
  exitCodeOf,
  nodeKubeconfig,
  refusalIn,
  throughKubelet,
} from "./cluster-client.ts";

test("an exec ends with success, with an exit code, or in another way", () => {
  const causes = [{ reason: "ExitCode", message: "37" }];
  expect([
    exitCodeOf({ status: "Success" }),
    exitCodeOf({ status: "Failure", reason: "NonZeroExitCode", details: { causes } }),
    exitCodeOf({ status: "Failure", reason: "InternalError", message: "no such container" }),
  ]).toEqual([0, 37, undefined]);
});

const etcd = '{"kind":"Status","message":"etcdserver: request timed out","code":500}';

const answer = (code: number, body: unknown = "body"): ApiException<unknown> =>
  new ApiException(code, "message", body, {});

const socket = (message: string): unknown => ({ type: "error", message });

test("what etcd and the API server could not do is the host's; what the node took away is its own; the rest is our fault", () => {
  expect(
    [500, 503, 504, 429, 404, 400, 401, 403, 409, 422].map((code) => refusalIn(answer(code))),
  ).toEqual([
    { of: "host", text: "500 body" },
    { of: "host", text: "503 body" },
    { of: "host", text: "504 body" },
    { of: "host", text: "429 body" },
    { of: "node", text: "404 body" },
    ...Array.from({ length: 5 }, () => undefined),
  ]);
  expect([new Error("fetch failed"), undefined].map(refusalIn)).toEqual([undefined, undefined]);
});

test("what came through the kubelet is the node's, unless etcd or the API server was too slow", async () => {
  const through = async (error: Error): Promise<unknown> =>
    await throughKubelet(Promise.reject(error)).catch(refusalIn);
  const quoted = JSON.stringify({ message: `Internal error occurred: ${etcd}` });
  expect(
    await Promise.all(
      [
        ...[400, 401, 404, 500, 503, 504, 429, 422].map((code) => answer(code)),
        ...[etcd, JSON.parse(etcd), quoted].map((body) => answer(500, body)),
        new ApiException(401, "message", undefined, {}),
        new Error("fetch failed"),
      ].map(through),
    ),
  ).toEqual([
    { of: "node", text: "400 body" },
    { of: "node", text: "401 body" },
    { of: "node", text: "404 body" },
    { of: "node", text: "500 body" },
    { of: "node", text: "503 body" },
    { of: "host", text: "504 body" },
    { of: "host", text: "429 body" },
    undefined,
    { of: "host", text: `500 ${etcd}` },
    { of: "host", text: `500 ${etcd}` },
    { of: "node", text: `500 ${quoted}` },
    { of: "node", text: "401 without a word" },
    undefined,
  ]);
  expect(await throughKubelet(Promise.resolve("text"))).toBe("text");
});

test("a web socket that the kubelet does not open is the node's; one that the API server does not, the host's", () => {
  expect(
    [
      "Unexpected server response: 502",
      "Unexpected server response: 504",
      "connect ECONNREFUSED 127.0.0.1:6443",
    ].map((message) => refusalIn(socket(message))?.of),
  ).toEqual(["node", "host", "host"]);
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
