import { GiB } from "../../harness/core/units.ts";
import type { GoProgram } from "./go-program.ts";
import { releaseStamps } from "./kubernetes-release.ts";

/** Kubernetes' own node tests: docs/decisions/0013-node-tests-against-an-api-server-of-the-host.md. */
export const e2eNode = (): GoProgram => ({
  module: "e2e-node",
  package: "k8s.io/kubernetes/test/e2e_node",
  name: "e2e_node.test",
  build: "test",
  ldflags: releaseStamps("e2e-node"),
  goCacheBytes: 6 * GiB,
});
