import { describe, expect, test } from "vitest";
import { renderError } from "../../../harness/core/errors.ts";
import { specsOfReport } from "./spec-catalogue.ts";

const spec = (containers: readonly string[] | null, text: string, more: object = {}): object => ({
  ContainerHierarchyTexts: containers,
  ContainerHierarchyLabels: containers?.map(() => []) ?? null,
  LeafNodeType: "It",
  LeafNodeText: text,
  LeafNodeLabels: [],
  LeafNodeLocation: { FileName: "validate/pod.go", LineNumber: 66 },
  State: "passed",
  ...more,
});

const reportOf = (...specs: readonly object[]): unknown => [{ SpecReports: specs }];

const told = (report: unknown): string => {
  try {
    specsOfReport(report);
    return "nothing";
  } catch (error) {
    return renderError(error);
  }
};

describe("the catalogue of specs", () => {
  test("names each spec as ginkgo does, in one order however they were shuffled", () => {
    const stop = spec(["[k8s.io] PodSandbox", "on PodSandbox"], "should stop", {
      ContainerHierarchyLabels: [["a"], null],
      LeafNodeLabels: ["b"],
    });
    const run = spec(["[k8s.io] PodSandbox"], "should run");
    const specs = specsOfReport(reportOf(stop, run));
    expect(specs[0]).toEqual({
      name: "[k8s.io] PodSandbox on PodSandbox should stop",
      containers: ["[k8s.io] PodSandbox", "on PodSandbox"],
      text: "should stop",
      labels: ["a", "b"],
      location: "validate/pod.go:66",
    });
    expect(specsOfReport(reportOf(run, stop))).toEqual(specs);
  });

  test("has no benchmark, no set-up, and no spec that only some hosts' critest has", () => {
    const kept = spec(["[k8s.io] Networking"], "should map ports");
    const specs = specsOfReport(
      reportOf(
        spec(null, "", { LeafNodeType: "BeforeSuite" }),
        spec(["[k8s.io] Container"], "benchmark about start", { State: "skipped" }),
        spec(["[k8s.io] SELinux", "runtime should support selinux"], "should work"),
        kept,
      ),
    );
    expect(specs.map(({ text }) => text)).toEqual(["should map ports"]);
  });

  test("is not made of a report that names a spec twice, or none", () => {
    const twice = spec(["[k8s.io] Networking"], "should map ports");
    expect(told(reportOf(twice, twice))).toMatch(
      /lists "\[k8s.io\] Networking .*" twice \[IMAGE_BUILD\]/,
    );
    expect(told(reportOf())).toMatch(/lists none \[IMAGE_BUILD\]/);
    expect(told([{ SpecReports: [{}] }])).toMatch(/LeafNodeType/);
  });
});
