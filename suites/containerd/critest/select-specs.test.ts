import { expect, test } from "vitest";
import { findSpec, focusOf } from "../../conformance/selected-spec.ts";
import { selectSpecs } from "./select-specs.ts";

const catalogue = [
  {
    containers: ["[k8s.io] PodSandbox", "runtime should support basic operations on PodSandbox"],
    text: "runtime should support running PodSandbox [Conformance]",
    labels: [],
  },
  {
    containers: ["[k8s.io] Image Manager"],
    text: "public image with tag should be pulled and removed [Conformance]",
    labels: ["Serial"],
  },
  {
    containers: ["[k8s.io] PodSandbox", "benchmark about operations on PodSandbox"],
    text: "benchmark about lifecycle of PodSandbox",
    labels: [],
  },
  {
    containers: ["[k8s.io] Security Context", "bucket"],
    text: "runtime should support that ReadOnlyRootfs is true",
    labels: [],
  },
];

const all = () => true;

test("each level has its specs, and none has a benchmark", () => {
  const idsAt = (level: "quick" | "standard" | "full") =>
    selectSpecs(catalogue, level, all).map(({ id }) => id);
  const running =
    "containerd/critest/podsandbox/runtime-should-support-basic-operations-on-podsandbox/runtime-should-support-running-podsandbox";
  const pulled =
    "containerd/critest/image-manager/public-image-with-tag-should-be-pulled-and-removed";
  expect(idsAt("quick")).toEqual([running]);
  expect(idsAt("standard")).toEqual([running, pulled]);
  expect(idsAt("full")).toEqual([
    running,
    pulled,
    "containerd/critest/security-context/bucket/runtime-should-support-that-readonlyrootfs-is-true",
  ]);
});

test("only wanted specs are selected", () => {
  const wanted = selectSpecs(catalogue, "full", (id) => id.includes("/image-manager/"));
  expect(wanted.map(({ name }) => name)).toEqual([
    "[k8s.io] Image Manager public image with tag should be pulled and removed [Conformance]",
  ]);
});

test("a spec is found by its printed name, with or without labels behind it", () => {
  const specs = selectSpecs(catalogue, "full", all);
  const name =
    "[k8s.io] Image Manager public image with tag should be pulled and removed [Conformance]";
  expect(findSpec(specs, name)?.name).toBe(name);
  expect(findSpec(specs, `${name} [Serial]`)?.name).toBe(name);
  expect(findSpec(specs, `${name} twice`)).toBeUndefined();
});

test("the focus fits the specs' names and nothing that is longer", () => {
  const [first] = selectSpecs(catalogue, "quick", all);
  const focus = new RegExp(focusOf(first === undefined ? [] : [first]));
  expect(focus.test(`CRI validation ${first?.name}`)).toBe(true);
  expect(focus.test(`CRI validation ${first?.name} more`)).toBe(false);
  expect(focus.test("CRI validation [k8s.io] PodSandbox")).toBe(false);
});
