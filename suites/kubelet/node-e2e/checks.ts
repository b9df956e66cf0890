// Kubernetes' own node tests, unmodified, against the image's own kubelet: each spec is a check. etcd and API server are those of
// this host: in the guest, where the program would start them itself, they take most of an emulated processor.
import {
  type ControlPlane,
  conformance,
  defineStreamedTrial,
  isSelected,
  level,
  type TrialTools,
} from "../../../harness/index.ts";
import { reportNames } from "../../conformance/report-file.ts";
import { runSpecs, type SpecRun } from "../../conformance/run-specs.ts";
import { testSpecs } from "../../conformance/spec-checks.ts";
import {
  type JudgedSpec,
  type Watcher,
  type WholeRun,
  wholeRun,
} from "../../conformance/whole-run.ts";
import { tooLate } from "../../node-runtime/watched-deadline.ts";
import { brokenBy } from "../api/join.ts";
import { Late } from "../api/late.ts";
import { clearNamespaces } from "../api/namespace-clearing.ts";
import { expectedKubelet } from "../shipped-kubelet.ts";
import { bootNode, type TestedNode } from "./node.ts";
import { nodeE2e, programName, reportBaseOf } from "./node-e2e-command.ts";
import { type NodeSpec, selectSpecs } from "./select-specs.ts";

const { diskPath: payloadPath, nodeTests } = conformance();
if (nodeTests === undefined) throw new Error("The payload of the node tests was not built");
const { selection, specs: catalogue, diskPath: nodeTestsPath } = nodeTests;
const { skips } = selection;
const specsOf = (isWanted: (id: string) => boolean): readonly NodeSpec[] =>
  selectSpecs(catalogue, selection, {
    level: level() === "full" ? "full" : "standard",
    isWanted,
  });
const specs = specsOf(isSelected);
const isWhole = level() === "full" && specs.length === specsOf(() => true).length;

const modes = (["standalone", "joined"] as const).filter((mode) =>
  specs.some((spec) => spec.mode === mode),
);

const trial = defineStreamedTrial<JudgedSpec, WholeRun>(async (tools, tell, begun) => {
  expectedKubelet(); // before anything is started for an image that has none
  const plane = await tools.startControlPlane();
  const node = await bootNode(tools, plane, { payloadPath, nodeTestsPath });
  await using namespaces = await clearNamespaces(node.client);
  const broken = Promise.race([brokenBy(node.machine, plane), namespaces.broken]);
  broken.catch(() => undefined); // it is raced with what may be over long before
  const run = async (watcher: Watcher) => {
    const runs = await Promise.race([runAll(node, plane, tools, watcher), broken]);
    const reports = runs.flatMap((one) => reportNames(reportBaseOf(one.mode), one.run.starts));
    return { run: merged(runs.map((one) => one.run)), reports };
  };
  return await wholeRun(tools, node, { skips, tell, begun, run });
});

const runAll = async (
  node: TestedNode,
  plane: ControlPlane,
  { slowness }: TrialTools,
  watcher: Watcher,
): Promise<readonly { readonly mode: NodeSpec["mode"]; readonly run: SpecRun }[]> => {
  const runs = [];
  for (const mode of modes) {
    await node.become(mode).catch((error: unknown) => {
      if (!(error instanceof Late)) throw error;
      return tooLate({ wasStarved: () => error.wasStarved }, error.message);
    });
    const run = await runSpecs(
      node.machine,
      node.agent,
      specs.filter((spec) => spec.mode === mode),
      { program: nodeE2e(plane, { mode, socket: node.socket }), slowness, silentMs, ...watcher },
    );
    runs.push({ mode, run });
  }
  return runs;
};

/** Specs wait five minutes for a pod, and some wait for two. */
const silentMs = 720_000;

const merged = (runs: readonly SpecRun[]): SpecRun => {
  // What is the image's fault before what may be the host's.
  const ends = runs.flatMap((run) => run.brokeOff ?? []);
  const brokeOff = ends.find(({ isStarved }) => !isStarved) ?? ends[0];
  return {
    starts: Math.max(...runs.map(({ starts }) => starts)),
    unknown: runs.flatMap(({ unknown }) => unknown),
    lastLines: runs.flatMap(({ lastLines }) => lastLines),
    ...(brokeOff === undefined ? {} : { brokeOff }),
  };
};

testSpecs(trial, { prefix: "kubelet/node-e2e", program: programName, specs, skips, isWhole });
