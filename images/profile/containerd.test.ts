import { expect, test } from "vitest";
import { containerdSchema } from "./containerd.ts";

const least = {
  minimumVersion: "1.7",
  plugins: [],
  cgroupDriver: "systemd",
  kernelFeatures: [],
};

test("what is left out has the value that most systems have", () => {
  expect(containerdSchema.parse(least)).toEqual({
    ...least,
    socket: "/run/containerd/containerd.sock",
    unit: "containerd.service",
    hasSandboxImage: true,
    hasPodNetwork: true,
    mayHaveSwap: false,
    sysctls: [],
    freeMiB: 1024,
    otherClients: [],
  });
});

test.each([
  ["minimumVersion", { minimumVersion: "1.7.24" }],
  ["cgroupDriver", { cgroupDriver: "none" }],
  ["plugins", { plugins: ["overlayfs"] }],
  ["kernelFeatures", { kernelFeatures: ["warp"] }],
  ["sysctls", { sysctls: [{ name: "net.ipv4.ip_forward" }] }],
  ["sysctls", { sysctls: [{ name: "kernel.pid_max", value: "1", atLeast: 1 }] }],
  ["freeMiB", { freeMiB: 0 }],
])("a wrong %s is refused", (field, change) => {
  const { error } = containerdSchema.safeParse({ ...least, ...change });
  expect(error?.issues.map(({ path }) => path[0])).toEqual([field]);
});
