import { payload, results, specEnvironment } from "../../conformance/mounted-disks.ts";
import { reportName } from "../../conformance/report-file.ts";
import type { SpecProgram } from "../../conformance/run-specs.ts";
import { focusOf, type SelectedSpec } from "../../conformance/selected-spec.ts";

const callTimeoutSeconds = 180;

/** critest against the runtime at this socket: https://github.com/kubernetes-sigs/cri-tools/blob/v1.36.0/docs/validation.md. */
export const critestAt = (socket: string): SpecProgram => ({
  name: "critest",
  command: (specs, start) => critestCommand(specs, { socket, ...start }),
  ...specEnvironment,
});

const critestCommand = (
  specs: readonly SelectedSpec[],
  {
    socket,
    number,
    timeoutMs,
  }: {
    readonly socket: string;
    /** The how manieth start of a run, from 1: each has reports of its own. */
    readonly number: number;
    readonly timeoutMs: number;
  },
): readonly [string, ...string[]] => {
  const report = `${results.path}/${reportName("critest", number)}`;
  return [
    `${payload.path}/bin/critest`,
    `-runtime-endpoint=unix://${socket}`,
    `-runtime-service-timeout=${callTimeoutSeconds}s`,
    `-image-service-timeout=${callTimeoutSeconds}s`,
    // For more than one it runs `ginkgo`, which prints whole blocks; two is what two vCPUs take.
    "-parallel=2",
    // The same order each time.
    "-ginkgo.seed=1",
    "-ginkgo.no-color",
    "-ginkgo.v",
    `-ginkgo.timeout=${Math.ceil(timeoutMs / 1000)}s`,
    // Side by side it tells of a spec when it is over, and of one that runs only so.
    "-ginkgo.poll-progress-after=3s",
    "-ginkgo.poll-progress-interval=60s",
    `-ginkgo.focus=${focusOf(specs)}`,
    "-ginkgo.skip=benchmark",
    `-ginkgo.json-report=${report}.json`,
    `-ginkgo.junit-report=${report}.xml`,
  ];
};
