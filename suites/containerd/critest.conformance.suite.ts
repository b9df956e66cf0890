// The CRI validation suite of Kubernetes' SIG Node, unmodified, against the image's own containerd: each spec is a check.
import {
  agentOf,
  conformance,
  defineStreamedTrial,
  isSelected,
  level,
} from "../../harness/index.ts";
import { mirroredContainerd, requireContainerd } from "../conformance/mirrored-containerd.ts";
import { mountDisks, payload, results } from "../conformance/mounted-disks.ts";
import { reportNames } from "../conformance/report-file.ts";
import { runSpecs } from "../conformance/run-specs.ts";
import { testSpecs } from "../conformance/spec-checks.ts";
import {
  type JudgedSpec,
  type Watcher,
  type WholeRun,
  wholeRun,
} from "../conformance/whole-run.ts";
import { critestAt } from "./critest/critest-command.ts";
import { selectSpecs } from "./critest/select-specs.ts";
import { stopKubelet } from "./critest/without-kubelet.ts";

const { diskPath, specs: catalogue, skips } = conformance();
const specs = selectSpecs(catalogue, level(), isSelected);
const isWhole = specs.length === selectSpecs(catalogue, "full", () => true).length;
const suite = "containerd";

const critest = defineStreamedTrial<JudgedSpec, WholeRun>(async (tools, tell, begun) => {
  const { boot, makeFileSystem, slowness } = tools;
  const { sizeMiB } = results;
  const resultsDisk = await makeFileSystem({ label: "bwresults", sizeMiB, files: {} });
  const machine = await boot("critest", {
    attached: [
      { serial: payload.serial, path: diskPath, format: "raw", readOnly: true },
      { serial: results.serial, path: resultsDisk.path, format: "raw", readOnly: false },
    ],
  });
  const agent = agentOf(machine);
  await requireContainerd(agent, { suite });
  const resultsDevice = await mountDisks(agent);
  const before = () => stopKubelet(agent);
  const runtime = await mirroredContainerd({ machine, agent }, { slowness, suite, before });
  const { socket, version } = runtime;
  const run = async (watcher: Watcher) => {
    const all = { program: critestAt(socket), slowness, ...watcher };
    const critestRun = await runSpecs(machine, agent, specs, all);
    return { run: critestRun, reports: reportNames("critest", critestRun.starts) };
  };
  const node = { machine, version, resultsDisk, resultsDevice };
  return await wholeRun(tools, node, { skips, tell, begun, run });
});

testSpecs(critest, { prefix: "containerd/critest", program: "critest", specs, skips, isWhole });
