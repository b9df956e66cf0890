import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";
import { releaseStamps } from "./kubernetes-release.ts";

/**
 * Runs on the host, as the API server of a node under test. It has a module of its own: what it needs beside the kubelet would
 * change that program's go.sum, and with it its key and each image that has it.
 */
export const kubeApiserver = (): GoProgram => ({
  module: "kube-apiserver",
  package: "k8s.io/kubernetes/cmd/kube-apiserver",
  name: "kube-apiserver",
  ldflags: releaseStamps("kube-apiserver"),
  goCacheBytes: 4 * GiB,
});
