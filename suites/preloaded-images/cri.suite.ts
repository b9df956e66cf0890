import { z } from "zod";
import { expect, profile, test, unsupported } from "../../harness/index.ts";
import { ask } from "../node-runtime/ask.ts";

const version = z.object({ runtime: z.string(), version: z.string(), apiVersion: z.string() });

test("preloaded-images/cri", {
  claim: "C02",
  title: "A kubelet that asks for the runtime's version is answered by containerd",
  timeoutMs: 400_000,
}, async (context) => {
  if (!profile().claims.some(({ id }) => id === "C02"))
    unsupported("The profile does not claim it");
  const answer = await ask(context, ["version"], version);
  context.evidence("cri", JSON.stringify(answer));
  expect(answer).toMatchObject({ runtime: "containerd", apiVersion: "v1" });
});
