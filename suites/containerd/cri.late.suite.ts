import { deadlineAfter, expect, test, unsupported } from "../../harness/index.ts";
import { criFacts, criFactsNow } from "./daemon.ts";
import { promisedOfKnown } from "./promised.ts";

const timeoutMs = 400_000;
const unitMs = 120_000;

test("containerd/cri-ready", {
  title: "A kubelet that asks is told that runtime and network are ready",
  timeoutMs,
}, async (context) => {
  const { expected } = await promisedOfKnown(context);
  const { conditions } = await criFacts(context);
  for (const { type, isMet, reason, message } of conditions) {
    context.evidence("condition", `${type} ${isMet} ${reason} ${message}`.trimEnd());
  }
  const wanted = ["RuntimeReady", ...(expected.hasPodNetwork ? ["NetworkReady"] : [])];
  const met = conditions.filter(({ isMet }) => isMet).map(({ type }) => type);
  expect(wanted.filter((type) => !met.includes(type))).toEqual([]);
});

test("containerd/cgroup-driver", {
  title: "containerd is configured for who is promised to make the containers' cgroups",
  timeoutMs,
}, async (context) => {
  const { expected } = await promisedOfKnown(context);
  const { cgroupDriver } = await criFacts(context);
  context.evidence("driver", cgroupDriver || "not told");
  expect(cgroupDriver).toBe(expected.cgroupDriver);
});

test("containerd/sandbox-image", {
  title: "The image that pods' sandboxes are made from is there without a registry",
  timeoutMs,
}, async (context) => {
  const { expected } = await promisedOfKnown(context);
  if (!expected.hasSandboxImage) return unsupported("The profile says that it is fetched");
  const unit = context.profile.preloadedImages?.unit;
  if (unit !== undefined) {
    const deadline = deadlineAfter(unitMs * Math.max(1, context.slowness));
    const { reason } = await context.agent.waitForUnitUntil(unit, deadline);
    context.evidence("unit", `${unit}: ${reason}`);
  }
  const { sandboxImage, hasSandboxImage } = await criFactsNow(context);
  context.evidence("image", sandboxImage || "not told");
  if (sandboxImage === "") return unsupported("This containerd does not tell which image it is");
  expect(hasSandboxImage, `${sandboxImage} is there`).toBe(true);
});

test("containerd/network-config", {
  title:
    "A network for pods is configured, and every plugin that it names is a program of the image",
  timeoutMs,
}, async (context) => {
  const { expected } = await promisedOfKnown(context);
  if (!expected.hasPodNetwork) return unsupported("The profile says that there is none");
  const { network } = await criFacts(context);
  const { programDirectories, configDirectory, networks, problems } = network;
  context.evidence("directories", [configDirectory, ...programDirectories].join(" "));
  for (const { file, name, plugins } of networks) {
    context.evidence("network", `${file}: ${name} with ${plugins.join(", ")}`);
  }
  expect(problems).toEqual([]);
  expect(networks.length, "networks that are configured").toBeGreaterThan(0);
  expect(networks.flatMap(({ missing }) => missing)).toEqual([]);
});
