import { z } from "zod";
import {
  type AgentClient,
  askRuntime,
  deadlineAfter,
  expect,
  fail,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";

const promised = profile().preloadedImages;
const unitMs = 240_000;
// Reading all bytes takes under a second; starting a program in a busy emulated guest takes longer.
const withinMs = 60_000;
const timeoutMs = 400_000;

const blob = z.object({
  digest: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number(),
  state: z.enum(["good", "missing", "wrong-size", "wrong-bytes", "unreadable"]),
  detail: z.string().optional(),
});
const images = z.object({
  root: z.string(),
  images: z.array(z.object({ ref: z.string(), digest: z.string(), blobs: z.array(blob) })),
});

test("preloaded-images/refs", {
  claim: "C09",
  title: "containerd knows every promised image by its name",
  timeoutMs,
}, async ({ agent, evidence, figure }) => {
  const found = await lookedUp(agent);
  for (const { ref, digest } of found.images) evidence("image", `${ref} ${digest || "not found"}`);
  figure("images", found.images.length, "count");
  expect(found.images.filter(({ digest }) => digest === "").map(({ ref }) => ref)).toEqual([]);
});

test("preloaded-images/blobs", {
  claim: "C09",
  title: "Every blob of the promised images is in the content store, with the bytes of its digest",
  timeoutMs,
}, async ({ agent, evidence, figure }) => {
  const found = await lookedUp(agent);
  evidence("store", found.root);
  const blobs = new Map(
    found.images.flatMap((image) => image.blobs).map((one) => [one.digest, one]),
  );
  for (const { ref, blobs: own } of found.images) {
    evidence("image", `${ref}: ${own.map(({ digest, state }) => `${digest} ${state}`).join(", ")}`);
  }
  figure("blobs", blobs.size, "count");
  figure("bytes", sumOf([...blobs.values()]), "B");
  const bad = [...blobs.values()].filter(({ state }) => state !== "good");
  expect(
    bad.map(({ digest, state, detail }) => `${digest}: ${state} ${detail ?? ""}`.trimEnd()),
  ).toEqual([]);
  // Nothing was reached from a name that leads nowhere.
  expect(found.images.filter((image) => image.blobs.length === 0).map(({ ref }) => ref)).toEqual(
    [],
  );
});

const lookedUp = async (agent: AgentClient): Promise<z.infer<typeof images>> => {
  if (promised === undefined) return unsupported("The profile names no preloaded images");
  const { socket, namespace, refs, unit } = promised;
  // What it could not put there, the look at the store shows.
  if (unit !== undefined) await agent.waitForUnit(unit, { deadline: deadlineAfter(unitMs) });
  const where = { socket, namespace, withinMs };
  const answer = await askRuntime(agent, ["images", ...refs], images, where);
  if (answer.kind === "no-probe") return unsupported("The agent came without runtime-probe");
  return answer.kind === "answered" ? answer.value : fail(answer.reason);
};

const sumOf = (blobs: readonly z.infer<typeof blob>[]): number =>
  blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
