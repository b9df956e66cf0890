// The CRI validation suite of Kubernetes' SIG Node, unmodified, against the image's own containerd: each spec is a check.
import {
  agentOf,
  conformance,
  defineStreamedTrial,
  isSelected,
  level,
} from "../../harness/index.ts";
import { whileServed } from "../conformance/guest-registry.ts";
import { costSince, countCost } from "../conformance/harness-cost.ts";
import { mirroredContainerd, requireContainerd } from "../conformance/mirrored-containerd.ts";
import { mountDisks, payload, results } from "../conformance/mounted-disks.ts";
import { reportNames } from "../conformance/report-file.ts";
import { runSpecs, type SpecSeen } from "../conformance/run-specs.ts";
import { type JudgedSpec, testSpecs, type WholeRun } from "../conformance/spec-checks.ts";
import { skipFacts, skipOf } from "../conformance/spec-skips.ts";
import { critestAt } from "./critest/critest-command.ts";
import { selectSpecs } from "./critest/select-specs.ts";
import { stopKubelet } from "./critest/without-kubelet.ts";

const { diskPath, specs: catalogue, skips } = conformance();
const specs = selectSpecs(catalogue, level(), isSelected);
const isWhole = specs.length === selectSpecs(catalogue, "full", () => true).length;
const suite = "containerd";

const critest = defineStreamedTrial<JudgedSpec, WholeRun>(
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
    await requireContainerd(agent, { suite });
    const resultsDevice = await mountDisks(agent);
    const before = () => stopKubelet(agent);
    const { socket, version } = await mirroredContainerd(agent, { slowness, suite, before });
    const today = new Date().toISOString().slice(0, 10);
    const facts = await skipFacts(agent, skips, { containerd: version, today });
    const seen = new Map<string, SpecSeen>();
    const costBefore = await countCost(agent, resultsDevice);
    const startedMs = performance.now();
    const { done: run, served } = await whileServed(agent, { slowness }, () =>
      runSpecs(machine, agent, specs, {
        program: critestAt(socket),
        slowness,
        onRunning: ({ id }) => begun(id),
        onSeen: (spec, one) => {
          seen.set(spec.id, one);
          tell(spec.id, { ...one, skipped: skipOf(spec, skips, facts) });
        },
      }),
    );
    const wallMs = performance.now() - startedMs;
    const cost = await costSince(costBefore, { agent, device: resultsDevice, run });
    await powerOff(machine);
    const files = await readBack(machine, disk, reportNames("critest", run.starts));
    return { facts, run, served, seen, files, wallMs, cost };
  },
);

testSpecs(critest, { prefix: "containerd/critest", program: "critest", specs, skips, isWhole });
