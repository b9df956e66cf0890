import { z } from "zod";
import { askRuntime, expect, fail, profile, test, unsupported } from "../../harness/index.ts";

const version = z.object({ runtime: z.string(), version: z.string(), apiVersion: z.string() });
const socket = "/run/containerd/containerd.sock";

test("preloaded-images/cri", {
  claim: "C02",
  title: "A kubelet that asks for the runtime's version is answered by containerd",
}, async ({ agent, evidence }) => {
  if (!profile().claims.some(({ id }) => id === "C02"))
    unsupported("The profile does not claim it");
  const where = { socket, namespace: "k8s.io", withinMs: 60_000 };
  const answer = await askRuntime(agent, ["version"], version, where);
  if (answer.kind === "no-probe") return unsupported("The agent came without runtime-probe");
  if (answer.kind === "refused") return fail(answer.reason);
  evidence("cri", JSON.stringify(answer.value));
  expect(answer.value).toMatchObject({ runtime: "containerd", apiVersion: "v1" });
});
