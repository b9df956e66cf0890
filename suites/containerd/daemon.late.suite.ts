import { expect, test } from "../../harness/index.ts";
import { criFacts, daemonFacts } from "./daemon.ts";
import { promised, promisedOfKnown } from "./promised.ts";
import { isAtLeast, requireSupported } from "./supported-version.ts";

const timeoutMs = 400_000;

test("containerd/version", {
  claim: "C02",
  title:
    "containerd answers by its own interface and by a kubelet's with one version, as new as promised",
  timeoutMs,
}, async (context) => {
  const { minimumVersion } = promised();
  const daemon = await daemonFacts(context);
  context.evidence("containerd", `${daemon.version} ${daemon.revision}`);
  // First: a broken promise is the image's, also where nothing else can be asked.
  expect(
    isAtLeast(daemon.version, minimumVersion),
    `${daemon.version} is ${minimumVersion} or later`,
  ).toBe(true);
  requireSupported(daemon.version);
  const cri = await criFacts(context);
  context.evidence("cri", `${cri.runtime} ${cri.version} ${cri.apiVersion}`);
  expect(cri).toMatchObject({
    runtime: "containerd",
    version: daemon.version,
    apiVersion: "v1",
  });
});

test("containerd/socket", {
  title: "A program without privileges is refused by containerd's socket",
  timeoutMs,
}, async (context) => {
  const { expected, daemon } = await promisedOfKnown(context);
  const { type, mode, uid, gid } = await context.agent.stat(expected.socket);
  context.evidence("socket", `${type} ${mode.toString(8)} ${uid}:${gid}`);
  context.evidence("nobody", daemon.stranger || "was let in");
  expect(type).toBe("socket");
  expect(daemon.stranger).toBe("permission denied");
});

test("containerd/plugins", {
  title: "Every plugin that containers need has started, and the shim that runs them is there",
  timeoutMs,
}, async (context) => {
  const { expected, daemon } = await promisedOfKnown(context);
  const stateOf = (name: string): string => {
    const plugin = daemon.plugins.find(({ type, id }) => `${type}/${id}` === name);
    if (plugin === undefined) return "not there";
    return plugin.error === "" ? "started" : plugin.error;
  };
  for (const name of expected.plugins) context.evidence("plugin", `${name}: ${stateOf(name)}`);
  context.evidence("shim", daemon.shim);
  context.figure("plugins", daemon.plugins.filter(({ error }) => error === "").length, "count");
  expect(expected.plugins.filter((name) => stateOf(name) !== "started")).toEqual([]);
  expect(daemon.shim).not.toMatch(/^error/);
});
