import { expect, test } from "vitest";
import { flagOf, withFlags } from "./kubelet-flags.ts";

test("the last one of a flag counts, in both forms", () => {
  const given = ["--v=2", "--config", "/a", "--config=/b", "--flag"];
  expect(flagOf(given, "config")).toBe("/b");
  expect(flagOf(["--config", "/a"], "config")).toBe("/a");
  expect(flagOf(given, "conf")).toBeUndefined();
});

test("flags take the place of those of the same name, and come behind the others", () => {
  expect(
    withFlags(["--config", "/a", "--v=2", "--config=/b", "-x"], { config: "/c", kubeconfig: "/k" }),
  ).toEqual(["--v=2", "-x", "--config=/c", "--kubeconfig=/k"]);
});
