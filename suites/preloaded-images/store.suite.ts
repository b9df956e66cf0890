import { z } from "zod";
import {
  type BootedContext,
  deadlineAfter,
  expect,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";
import { ask } from "../node-runtime/ask.ts";

const promised = profile().preloadedImages;
const unitMs = 120_000;
const timeoutMs = 900_000;

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
}, async (context) => {
  const { evidence, figure } = context;
  const found = await lookedUp(context);
  for (const { ref, digest } of found.images) evidence("image", `${ref} ${digest || "not found"}`);
  figure("images", found.images.length, "count");
  expect(found.images.filter(({ digest }) => digest === "").map(({ ref }) => ref)).toEqual([]);
});

test("preloaded-images/blobs", {
  claim: "C09",
  title: "Every blob of the promised images is in the content store, with the bytes of its digest",
  timeoutMs,
}, async (context) => {
  const { evidence, figure } = context;
  const found = await lookedUp(context);
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

const lookedUp = async (context: BootedContext): Promise<z.infer<typeof images>> => {
  if (promised === undefined) return unsupported("The profile names no preloaded images");
  const { refs, unit } = promised;
  const { agent, slowness, evidence } = context;
  if (unit !== undefined) {
    const deadline = deadlineAfter(unitMs * Math.max(1, slowness));
    // What it could not put there, the look at the store shows.
    evidence("unit", `${unit}: ${(await agent.waitForUnitUntil(unit, deadline)).reason}`);
  }
  return await ask(context, ["images", ...refs], images);
};

const sumOf = (blobs: readonly z.infer<typeof blob>[]): number =>
  blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
