import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";
import { releaseStamps } from "./kubernetes-release.ts";

/** A real kubelet. */
export const kubelet = (): GoProgram => ({
  module: "kubernetes",
  package: "k8s.io/kubernetes/cmd/kubelet",
  name: "kubelet",
  ldflags: releaseStamps("kubernetes"),
  goCacheBytes: 4 * GiB,
});
