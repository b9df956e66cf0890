import { expect, test } from "vitest";
import { differences, reportedStates } from "./report-file.ts";

const spec = (text: string, State: string) => ({
  ContainerHierarchyTexts: ["[k8s.io] Things"],
  LeafNodeType: "It",
  LeafNodeText: text,
  State,
});
const report = [
  {
    SuiteSucceeded: false,
    SpecReports: [
      {
        ContainerHierarchyTexts: null,
        LeafNodeType: "BeforeSuite",
        LeafNodeText: "",
        State: "passed",
      },
      spec("one", "passed"),
      spec("two", "failed"),
    ],
  },
];
const files = new Map([
  ["critest.json", Buffer.from(JSON.stringify(report))],
  ["critest.xml", Buffer.from("<testsuites/>")],
]);
const specs = ["one", "two", "three"].map((text) => ({
  id: text,
  name: `[k8s.io] Things ${text}`,
}));

test("the report's states are found by the specs' names", () => {
  expect([...reportedStates(files)]).toEqual([
    ["[k8s.io] Things one", "passed"],
    ["[k8s.io] Things two", "failed"],
  ]);
});

test("what the report says otherwise, or does not say, is told", () => {
  const reported = reportedStates(files);
  const seenAs = (...states: readonly ("passed" | "failed" | "absent" | "hung")[]) =>
    new Map(states.map((state, index) => [specs[index]?.id ?? "", { state }]));
  const told = (seen: ReturnType<typeof seenAs>, starts = 1) =>
    differences(specs, { seen, reported, run: { starts } });
  expect(told(seenAs("passed", "failed", "absent"))).toEqual([]);
  expect(told(seenAs("passed", "passed", "passed"))).toEqual([
    "[k8s.io] Things two: seen passed, reported failed",
    "[k8s.io] Things three: seen passed, reported nothing",
  ]);
  expect(told(seenAs("passed", "failed", "passed"), 2)).toEqual([]);
  expect(told(seenAs("passed", "failed", "hung"))).toEqual([]);
});

test("what is no report is told, and not taken for our own fault", () => {
  const broken = (text: string) => () =>
    reportedStates(new Map([["critest.json", Buffer.from(text)]]));
  expect(broken("[{")).toThrow("critest.json, which the guest wrote, is no report");
  expect(broken('{"SpecReports": 1}')).toThrow("is no report");
});
