import { expect, test } from "vitest";
import { selectSpecs, whyLeftOut } from "./select-specs.ts";

const spec = (
  containers: readonly string[],
  text: string,
  labels: readonly string[] = ["NodeConformance"],
) => ({
  containers,
  text,
  labels,
});

const secrets = spec(["[sig-node] Secrets"], "should be consumable [NodeConformance]");
const volumes = spec(["[sig-storage] Secrets"], "should be consumable [NodeConformance]");
const alone = spec(["[sig-node] [Feature:StandaloneMode]", "when creating a/b"], "runs", [
  "Feature:StandaloneMode",
]);
const serial = spec(["[sig-node] Restart"], "restarts", ["NodeConformance", "Serial"]);
const gpu = spec(["[sig-node] GPU"], "counts", ["Feature:GPU"]);
const catalogue = [secrets, volumes, alone, serial, gpu];

const selection = {
  leftOut: [
    { label: "Serial", reason: "serial" },
    { withoutLabels: ["NodeConformance", "Feature:StandaloneMode"], reason: "not of it" },
    { match: "never", label: "NodeConformance", reason: "never" },
  ],
  standard: ["^\\[sig-node\\] Secrets"],
};

const idsAt = (level: "standard" | "full", isWanted = (_id: string) => true) =>
  selectSpecs(catalogue, { ...selection, skips: [] }, { level, isWanted }).map(
    ({ id, mode }) => `${mode} ${id}`,
  );

test("level full has all specs that no rule leaves out, named after SIG, groups and text without tags", () => {
  expect(idsAt("full")).toEqual([
    "joined kubelet/node-e2e/node/secrets/should-be-consumable",
    "joined kubelet/node-e2e/storage/secrets/should-be-consumable",
    "standalone kubelet/node-e2e/node/when-creating-a-b/runs",
  ]);
});

test("level standard has those of them that it names, and a run those that it wants", () => {
  expect(idsAt("standard")).toEqual(["joined kubelet/node-e2e/node/secrets/should-be-consumable"]);
  expect(idsAt("full", (id) => id.includes("/storage/"))).toEqual([
    "joined kubelet/node-e2e/storage/secrets/should-be-consumable",
  ]);
});

test("the first rule that fits in all that it says tells why a spec is left out", () => {
  expect(catalogue.map((one) => whyLeftOut(one, selection))).toEqual([
    undefined,
    undefined,
    undefined,
    "serial",
    "not of it",
  ]);
});
