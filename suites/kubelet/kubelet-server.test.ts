import { expect, test } from "vitest";
import { deadlineAfter } from "../../harness/index.ts";
import { KubeletServer } from "./kubelet-server.ts";

const pod = (name: string, nodeName: string) => ({
  metadata: { name, namespace: "bootwright", uid: name },
  spec: { nodeName },
  status: { phase: "Running" },
});

test("pods have the names of their manifests, whatever name the kubelet gives its node", async () => {
  const items = [
    pod("canary-ip-10-0-0-1.example", "IP-10-0-0-1.example"),
    pod("stranger", "IP-10-0-0-1.example"),
    pod("ending-localhost", "localhost"),
  ];
  const server = new KubeletServer({
    http: async () => ({
      kind: "answered",
      status: 200,
      body: Buffer.from(JSON.stringify({ items })),
      isTruncated: false,
      headers: {},
      sha256: "",
      elapsedMs: 1,
    }),
  });
  const pods = await server.podsWhen(() => true, deadlineAfter(1000));
  expect([...pods].map(([name, { metadata }]) => [name, metadata.name])).toEqual([
    ["canary", "canary-ip-10-0-0-1.example"],
    ["stranger", "stranger"],
    ["ending", "ending-localhost"],
  ]);
});
