import { payload, results } from "./mounted-disks.ts";
import { focusOf, type SelectedSpec } from "./select-specs.ts";

const callTimeoutSeconds = 180;

/** How critest is started for these specs: https://github.com/kubernetes-sigs/cri-tools/blob/v1.36.0/docs/validation.md. */
export const critestCommand = (
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
  const suffix = number === 1 ? "" : `-${number}`;
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
    `-ginkgo.json-report=${results.path}/critest${suffix}.json`,
    `-ginkgo.junit-report=${results.path}/critest${suffix}.xml`,
  ];
};

/** The reports that so many starts write. */
export const reportNames = (starts: number): readonly string[] =>
  Array.from({ length: starts }, (_, index) => (index === 0 ? "" : `-${index + 1}`)).flatMap(
    (suffix) => [`critest${suffix}.json`, `critest${suffix}.xml`],
  );

export const critestEnvironment: Readonly<Record<string, string>> = {
  // The node's own programs first.
  PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${payload.path}/bin`,
  HOME: results.path,
  TMPDIR: results.path,
};
