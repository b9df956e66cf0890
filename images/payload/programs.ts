import { nodePrograms, registry, testImagePrograms } from "./conformance/programs.ts";
import { crictl, critest, ginkgo } from "./cri-tools.ts";
import { e2eNode } from "./e2e-node.ts";
import type { GoProgram } from "./go-program.ts";
import { hostContainers } from "./host-containers.ts";
import { kubeApiserver } from "./kube-apiserver.ts";
import { kubelet } from "./kubelet.ts";
import { mutantProgram, mutantProgramNames } from "./mutant-programs.ts";
import { workload } from "./workload-image.ts";

/** Gives containerd the images that the node's own image ships. */
export const importImages: GoProgram = {
  module: "import-images",
  package: ".",
  name: "import-images",
};

/** Waits until a node is healthy, so that a boot may be called good. */
export const bootHealth: GoProgram = { module: "boot-health", package: ".", name: "boot-health" };

/** The first process of a pod's sandbox. */
export const pause: GoProgram = { module: "node-images", package: "./pause", name: "pause" };

/** The management container: tells whether the node can run containers. */
export const nodeHealth: GoProgram = {
  module: "node-images",
  package: "./node-health",
  name: "node-health",
};

/** Goes into no image: it is on the agent's disk, and asks a guest's containerd what it has and runs. */
export const runtimeProbe: GoProgram = {
  module: "runtime-probe",
  package: ".",
  name: "runtime-probe",
};

/** All programs that are built here. */
export const payloadPrograms = (): readonly GoProgram[] => [
  kubelet(),
  kubeApiserver(),
  importImages,
  bootHealth,
  pause,
  nodeHealth,
  runtimeProbe,
  hostContainers,
  workload,
  critest(),
  crictl(),
  ginkgo,
  e2eNode(),
  registry,
  ...nodePrograms,
  ...testImagePrograms,
  ...mutantProgramNames().map(mutantProgram),
];
