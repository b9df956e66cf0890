import { expect, test } from "vitest";
import { mergedConfig } from "./kubelet-config.ts";

test("later files win field by field, lists as a whole, and null takes away", () => {
  expect(
    mergedConfig([
      {
        port: 1,
        clusterDNS: ["10.0.0.1", "10.0.0.2"],
        evictionHard: { "memory.available": "50Mi", "nodefs.available": "5%" },
        staticPodPath: "/etc/kubernetes/manifests",
      },
      { evictionHard: { "nodefs.available": "10%" }, clusterDNS: ["10.0.0.3"] },
      { staticPodPath: null, logging: { format: "json", flushFrequency: null } },
    ]),
  ).toEqual({
    port: 1,
    clusterDNS: ["10.0.0.3"],
    evictionHard: { "memory.available": "50Mi", "nodefs.available": "10%" },
    logging: { format: "json" },
  });
});
