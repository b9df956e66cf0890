// The CRI validation suite of Kubernetes' SIG Node, unmodified, against the image's own containerd: each spec is a check.
import {
  type AgentClient,
  agentOf,
  type CheckTools,
  conformance,
  defineStreamedTrial,
  expect,
  fail,
  inconclusive,
  isSelected,
  level,
  testStreamEnd,
  testStreamed,
  unsupported,
} from "../../harness/index.ts";
import { reportNames } from "./critest/critest-command.ts";
import { startRegistry } from "./critest/guest-registry.ts";
import { type CostCounts, costBetween, countCost } from "./critest/harness-cost.ts";
import { judgeSpec } from "./critest/judge-spec.ts";
import { mountDisks, payload, results } from "./critest/mounted-disks.ts";
import { prepareRuntime, requireContainerd } from "./critest/prepared-runtime.ts";
import { differences, reportedStates } from "./critest/report-file.ts";
import { type CritestRun, runCritest, type SpecSeen } from "./critest/run-critest.ts";
import { selectSpecs } from "./critest/select-specs.ts";
import {
  type SkipFacts,
  type SpecSkip,
  skipFacts,
  skipOf,
  staleSkips,
} from "./critest/spec-skips.ts";

const { diskPath, specs: catalogue, skips } = conformance();
const specs = selectSpecs(catalogue, level(), isSelected);
const isWhole = specs.length === selectSpecs(catalogue, "full", () => true).length;

interface Seen extends SpecSeen {
  readonly skipped: SpecSkip | undefined;
}

interface Whole {
  readonly containerd: string;
  readonly facts: SkipFacts;
  readonly run: CritestRun;
  readonly seen: ReadonlyMap<string, SpecSeen>;
  /** The registry's last lines. */
  readonly served: readonly string[];
  /** What critest wrote down itself, by file names. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly wallMs: number;
  readonly cost: CostCounts | undefined;
}

const critest = defineStreamedTrial<Seen, Whole>(
  async ({ boot, makeFileSystem, powerOff, readBack, slowness }, tell, begun) => {
    const { sizeMiB } = results;
    const disk = await makeFileSystem({ label: "bwresults", sizeMiB, files: {} });
    const machine = await boot("critest", {
      attached: [
        { serial: payload.serial, path: diskPath, format: "raw", readOnly: true },
        { serial: results.serial, path: disk.path, format: "raw", readOnly: false },
      ],
    });
    const agent = agentOf(machine);
    await requireContainerd(agent);
    const resultsDevice = await mountDisks(agent);
    const { socket, version } = await prepareRuntime(agent, { slowness });
    const today = new Date().toISOString().slice(0, 10);
    const facts = await skipFacts(agent, skips, { containerd: version, today });
    const seen = new Map<string, SpecSeen>();
    const before = await countCost(agent, resultsDevice);
    const startedMs = performance.now();
    const { run, served } = await withRegistry(agent, slowness, () =>
      runCritest(machine, agent, specs, {
        socket,
        slowness,
        onRunning: ({ id }) => begun(id),
        onSeen: (spec, one) => {
          seen.set(spec.id, one);
          tell(spec.id, { ...one, skipped: skipOf(spec, skips, facts) });
        },
      }),
    );
    const wallMs = performance.now() - startedMs;
    // A guest that broke off may not answer any more: then nobody asks what the run cost.
    const cost =
      run.brokeOff === undefined
        ? costBetween(before, await countCost(agent, resultsDevice))
        : undefined;
    await powerOff(machine);
    const files = await readBack(machine, disk, reportNames(run.starts));
    return { containerd: version, facts, run, served, seen, files, wallMs, cost };
  },
);

const withRegistry = async (
  agent: AgentClient,
  slowness: number,
  work: () => Promise<CritestRun>,
): Promise<{ readonly run: CritestRun; readonly served: readonly string[] }> => {
  await using registry = await startRegistry(agent, { slowness });
  const run = await Promise.race([work(), registry.ended]);
  return { run, served: registry.lastLines() };
};

for (const spec of specs) {
  testStreamed(critest, spec.id, { title: spec.name }, (seen, { evidence, slowness }) => {
    if (seen.output !== "") evidence("output", seen.output);
    judgeSpec(seen, { skipped: seen.skipped, slowness });
  });
}

const tellOfRun = (
  { containerd, run, served, wallMs, cost }: Whole,
  { evidence, figure }: CheckTools,
): void => {
  evidence("containerd", containerd);
  evidence("output", run.lastLines.join("\n"));
  evidence("registry", served.join("\n"));
  figure("specs", specs.length, "count");
  figure("critest-time", Math.round(wallMs), "ms");
  figure("critest-starts", run.starts, "count");
  if (cost === undefined) return;
  figure("guest-busy", cost.busyMs, "ms");
  figure("agent-busy", cost.agentMs, "ms");
  figure("results-disk-busy", cost.diskMs, "ms");
  figure("results-disk-written", cost.diskWrittenKiB, "KiB");
};

/** A critest that did not come to its end is the guest's fault, unless the guest got no processor. */
const judgeEnd = ({ run: { brokeOff } }: Whole): void => {
  if (brokeOff === undefined) return;
  if (brokeOff.isStarved) inconclusive(`slow-host: ${brokeOff.reason}`);
  fail(brokeOff.reason);
};

if (specs.length > 0) {
  testStreamEnd(
    critest,
    "containerd/critest/report",
    {
      title:
        "critest runs to its end, and its own report says of each spec what was seen while it ran",
    },
    (whole, tools) => {
      tellOfRun(whole, tools);
      judgeEnd(whole);
      expect(whole.run.unknown).toEqual([]);
      const reported = reportedStates(whole.files);
      expect(differences(specs, { ...whole, reported })).toEqual([]);
    },
  );
  testStreamEnd(
    critest,
    "containerd/critest/skips",
    {
      title: "Every spec that is known not to pass does not pass",
    },
    ({ facts, seen }) => {
      if (skips.length === 0) unsupported("No spec is known not to pass");
      const passed = new Set(
        [...seen].flatMap(([id, { state }]) => (state === "passed" ? [id] : [])),
      );
      expect(staleSkips(skips, facts, { specs, passed, isWhole })).toEqual([]);
    },
  );
}
