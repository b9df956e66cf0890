import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";

/** As test/images/agnhost/VERSION of the Kubernetes that go.mod pins; node tests ask for the image by it. */
export const agnhostVersion = "2.63.0";

/**
 * The program that Kubernetes' tests run in their pods. A module of its own: what it needs beside the kubelet would change that
 * program's go.sum, and with it each image that has it.
 */
export const agnhost: GoProgram = {
  module: "agnhost",
  package: "k8s.io/kubernetes/test/images/agnhost",
  name: "agnhost",
  ldflags: [`-X main.Version=${agnhostVersion}`],
  goCacheBytes: 4 * GiB,
};
