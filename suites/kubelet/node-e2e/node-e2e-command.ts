import type { ControlPlane } from "../../../harness/index.ts";
import { payload, results, specEnvironment } from "../../conformance/mounted-disks.ts";
import { reportName } from "../../conformance/report-file.ts";
import type { SpecProgram } from "../../conformance/run-specs.ts";
import { focusOf } from "../../conformance/selected-spec.ts";
import { apiServerOf, nodeName } from "../api/join.ts";
import { nodeTests, systemSpecPath } from "./node.ts";
import type { NodeSpec } from "./select-specs.ts";

/** All of level full takes 30 to 80 minutes, emulated. */
const wholeMs = 3 * 3_600_000;

/** As messages call it. */
export const programName = "e2e_node.test";

/** What the names of the reports of its runs begin with. */
export const reportBaseOf = (mode: NodeSpec["mode"]): string => `node-e2e-${mode}`;

/**
 * Kubernetes' node tests against a kubelet that runs already, and an API server elsewhere
 * (https://github.com/kubernetes/kubernetes/blob/v1.36.3/test/e2e_node/e2e_node_suite_test.go).
 */
export const nodeE2e = (
  plane: ControlPlane,
  { mode, socket }: { readonly mode: NodeSpec["mode"]; readonly socket: string },
): SpecProgram => ({
  name: programName,
  command: (specs, { number, timeoutMs }) => [
    `${payload.path}/bin/ginkgo`,
    // Most of a spec's time is spent waiting for a pod: more than there are vCPUs.
    "--nodes=3",
    // The same order each time.
    "--seed=1",
    "--no-color",
    "-v",
    `--timeout=${Math.ceil(timeoutMs / 1000)}s`,
    // Side by side it tells of a spec when it is over, and of one that runs only so, each time at length.
    "--poll-progress-after=3s",
    "--poll-progress-interval=300s",
    `--focus=${focusOf(specs)}`,
    `--output-dir=${results.path}`,
    `--json-report=${reportName(reportBaseOf(mode), number)}.json`,
    `--junit-report=${reportName(reportBaseOf(mode), number)}.xml`,
    `${nodeTests.path}/bin/e2e_node.test`,
    "--",
    "--start-services=false",
    "--stop-services=false",
    `--standalone-mode=${mode === "standalone"}`,
    `--host=${apiServerOf(plane)}`,
    `--bearer-token=${plane.tokens.admin}`,
    `--node-name=${nodeName}`,
    "--prepull-images=false",
    `--container-runtime-endpoint=unix://${socket}`,
    `--system-spec-file=${systemSpecPath}`,
    // It would make one beside itself, on a disk that it cannot write to.
    `--config-dir=${results.path}`,
  ],
  ...specEnvironment,
  wholeMs,
});
