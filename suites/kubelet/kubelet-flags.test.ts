import { expect, test } from "vitest";
import { flagOf, kubeletArguments } from "./kubelet-flags.ts";

test("the last one of a flag counts, in both forms", () => {
  const given = ["--v=2", "--config", "/a", "--config=/b", "--flag"];
  expect(flagOf(given, "config")).toBe("/b");
  expect(flagOf(["--config", "/a"], "config")).toBe("/a");
  expect(flagOf(["--root_dir=/a=b"], "root-dir")).toBe("/a=b");
  expect(flagOf(given, "conf")).toBeUndefined();
});

// As kubeadm and cloud images start theirs, in both forms.
const given = [
  "--config=/var/lib/kubelet/config.yaml",
  "--config-dir=/etc/kubernetes/kubelet.conf.d",
  ...["--kubeconfig", "/etc/kubernetes/kubelet.conf"],
  "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
  "--hostname-override=ip-10-0-0-1",
  ...["--node-ip", "10.0.0.1"],
  "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
  ...["--cgroup-driver", "systemd"],
  ...["--pod-manifest-path", "/etc/kubernetes/manifests"],
  "--anonymous-auth=false",
  "--rotate-certificates",
  "--cloud-provider=external",
  "--read_only_port=0",
  ...["--eviction-hard", "memory.available<100Mi"],
  ...["-v", "2"],
];

test("flags that would win over what is given go, and all others stay as they are", () => {
  expect(
    kubeletArguments(
      given,
      { readOnlyPort: 10_255, staticPodPath: "/run/manifests", authentication: {} },
      {
        flags: { config: "/run/c" },
        without: ["config-dir", "kubeconfig", "bootstrap-kubeconfig"],
      },
    ),
  ).toEqual([
    "--hostname-override=ip-10-0-0-1",
    ...["--node-ip", "10.0.0.1"],
    "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
    ...["--cgroup-driver", "systemd"],
    "--rotate-certificates",
    "--cloud-provider=external",
    ...["--eviction-hard", "memory.available<100Mi"],
    ...["-v", "2"],
    "--config=/run/c",
  ]);
});

test("flags of the same name are replaced, and a switch takes nothing with it", () => {
  expect(
    kubeletArguments(
      given,
      { rotateCertificates: false, evictionHard: {} },
      {
        flags: { config: "/run/c", "hostname-override": "node", "node-ip": "10.0.2.15" },
        without: ["cloud-provider"],
      },
    ),
  ).toEqual([
    "--config-dir=/etc/kubernetes/kubelet.conf.d",
    ...["--kubeconfig", "/etc/kubernetes/kubelet.conf"],
    "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
    "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
    ...["--cgroup-driver", "systemd"],
    ...["--pod-manifest-path", "/etc/kubernetes/manifests"],
    "--anonymous-auth=false",
    "--read_only_port=0",
    ...["-v", "2"],
    "--config=/run/c",
    "--hostname-override=node",
    "--node-ip=10.0.2.15",
  ]);
});

test("a field that no flag is for, and one that is not given, change nothing", () => {
  expect(
    kubeletArguments(
      ["--port=1", "--v=2"],
      { shutdownGracePeriod: "20s" },
      { flags: {}, without: [] },
    ),
  ).toEqual(["--port=1", "--v=2"]);
});
