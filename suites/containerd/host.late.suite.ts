import { expect, test, unsupported } from "../../harness/index.ts";
import { brokenFeatures } from "./daemon.ts";
import { promised, promisedOfKnown } from "./promised.ts";

const timeoutMs = 400_000;
const cgroupRoot = "/sys/fs/cgroup";
/** What limits of pods are made of. */
const controllers = ["cpu", "cpuset", "io", "memory", "pids"];

test("containerd/cgroup-v2", {
  title: "There is one hierarchy of cgroups, with the controllers that limits of pods need",
  timeoutMs,
}, async ({ agent, evidence }) => {
  promised();
  const mount = (await agent.mounts()).findLast(({ path }) => path === cgroupRoot);
  evidence("mount", `${mount?.filesystem} at ${cgroupRoot}`);
  expect(mount?.filesystem).toBe("cgroup2");
  const offered = words(await agent.readFile(`${cgroupRoot}/cgroup.controllers`));
  evidence("controllers", offered.join(" "));
  expect(controllers.filter((name) => !offered.includes(name))).toEqual([]);
});

test("containerd/delegation", {
  title: "systemd leaves the cgroup of containerd, with these controllers, to containerd",
  timeoutMs,
}, async (context) => {
  const { daemon } = await promisedOfKnown(context);
  const { path, controllers: own, isDelegated } = daemon.cgroup;
  if (path === "") return unsupported("Cgroups are not those of version 2");
  context.evidence("cgroup", `${path}${isDelegated ? " is delegated" : ""}: ${own.join(" ")}`);
  expect(isDelegated, "it is marked as delegated").toBe(true);
  expect(controllers.filter((name) => !own.includes(name))).toEqual([]);
});

test("containerd/kernel", {
  title: "What containers are made of works in this kernel: each feature was used",
  timeoutMs,
}, async (context) => {
  const { kernelFeatures } = promised();
  context.evidence("features", kernelFeatures.join(" "));
  expect(await brokenFeatures(context, kernelFeatures)).toEqual([]);
});

test("containerd/kernel-log", {
  title: "The kernel's log can be read at /dev/kmsg, where a kubelet learns what was killed",
  timeoutMs,
}, async (context) => {
  promised();
  expect(await brokenFeatures(context, ["kmsg"])).toEqual([]);
});

test("containerd/swap", {
  title: "No memory is swapped out",
  timeoutMs,
}, async ({ agent, evidence }) => {
  if (promised().mayHaveSwap) return unsupported("The profile says that it may be");
  const [, ...devices] = String(await agent.readFile("/proc/swaps", { length: 65_536 }))
    .trimEnd()
    .split("\n");
  evidence("swap", devices.join("; ") || "none");
  expect(devices).toEqual([]);
});

// statfs(2): an overlay cannot lie upon an overlay, and what is in memory takes it from containers.
const unfit = new Map([
  [0x794c7630, "an overlay"],
  [0x01021994, "in memory"],
]);

test("containerd/storage", {
  title:
    "What containerd stores is on a file system of a disk, and there is room for images and containers",
  timeoutMs,
}, async (context) => {
  const { expected, daemon } = await promisedOfKnown(context);
  const { root, magic, availableBytes, sizeBytes } = daemon.storage;
  const mebibytes = (bytes: number): number => Math.floor(bytes / 2 ** 20);
  context.evidence(
    "storage",
    `${root}: file system ${magic.toString(16)}, ${mebibytes(availableBytes)} of ${mebibytes(sizeBytes)} MiB`,
  );
  context.figure("available", mebibytes(availableBytes), "MiB");
  expect(unfit.get(magic), `the file system of ${root}`).toBe(undefined);
  expect(mebibytes(availableBytes), "MiB available").toBeGreaterThanOrEqual(expected.freeMiB);
});

const words = (text: Buffer): readonly string[] => String(text).trim().split(/\s+/);
