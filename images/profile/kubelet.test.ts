import { expect, test } from "vitest";
import { kubeletSchema } from "./kubelet.ts";

const least = {
  unit: "kubelet.service",
  runtimeUnit: "containerd.service",
  healthPort: 10_248,
  version: "^v1",
};

test("no containers is the default", () => {
  expect(kubeletSchema.parse(least)).toEqual({ ...least, containers: [] });
});

test("all that is wrong is told at its place", () => {
  const given = { ...least, healthPort: 0, version: "(", containers: ["A b"] };
  const issues = kubeletSchema.safeParse(given).error?.issues ?? [];
  expect(issues.map(({ path, message }) => `${path.join(".")}: ${message}`)).toMatchInlineSnapshot(`
    [
      "healthPort: Too small: expected number to be >=1",
      "version: expected a regular expression",
      "containers.0: expected the name of a container",
    ]
  `);
});
