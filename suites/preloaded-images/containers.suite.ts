import { z } from "zod";
import {
  type AgentClient,
  type BootedContext,
  deadlineAfter,
  errnoOf,
  expect,
  inconclusive,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";
import { ask } from "../node-runtime/ask.ts";
import { wasStarved } from "../node-runtime/was-starved.ts";

const promised = profile().preloadedImages;
const timeoutMs = 900_000;
/** Multiplied by how slow the host is. The kubelet tries again what failed after 10 and 20 s. */
const waitMs = 45_000;
/** The same where the images did not get into the store: only what comes from elsewhere can still start. */
const waitWithoutImagesMs = 10_000;

const containers = z.object({
  isComplete: z.boolean(),
  containers: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      name: z.string(),
      pod: z.string(),
      image: z.string(),
      digest: z.string(),
      isRunning: z.boolean(),
    }),
  ),
});
const images = z.object({ images: z.array(z.object({ ref: z.string(), digest: z.string() })) });
const content = z.object({
  blobs: z.array(
    z.object({ digest: z.string(), sizeBytes: z.number(), sources: z.array(z.string()) }),
  ),
  unfinished: z.array(z.object({ ref: z.string(), sizeBytes: z.number() })),
});

test("preloaded-images/containers", {
  claim: "C09",
  title: "The promised containers run, from the promised images, on a machine without a network",
  timeoutMs,
}, async (context) => {
  const { evidence, figure } = context;
  const wanted = promised?.containers ?? [];
  if (wanted.length === 0) return unsupported("The profile names no containers");
  const seen = await waitedFor(context, wanted);
  for (const { pod, name, kind, image, isRunning } of seen.containers) {
    evidence("container", `${pod} ${name || kind} ${image} ${isRunning ? "runs" : "does not run"}`);
  }
  const { images: known } = await ask(
    context,
    ["images", ...wanted.map(({ image }) => image)],
    images,
  );
  // "" is what a name leads to that nobody knows.
  const digestOf = (ref: string) => known.find((image) => image.ref === ref)?.digest || undefined;
  const running = seen.containers.filter(({ isRunning }) => isRunning);
  figure("running", running.length, "count");
  const absent = wanted.filter(
    ({ name, image }) =>
      !running.some((one) => one.name === name && one.digest === digestOf(image)),
  );
  if (absent.length > 0 && seen.wasStarved) inconclusive(starved);
  expect(absent.map(({ name, image }) => `${name} of ${image}`)).toEqual([]);
});

test("preloaded-images/nothing-pulled", {
  claim: "C09",
  title:
    "No image was fetched, and nothing tried to fetch one, until the promised containers ran or their time was up",
  timeoutMs,
}, async (context) => {
  const { agent, machine, evidence, figure } = context;
  const wanted = promised?.containers ?? [];
  if (promised === undefined) return unsupported("The profile names no preloaded images");
  const seen = await waitedFor(context, wanted);
  evidence("machine", `networks: ${machine.spec.network}`);
  const { blobs, unfinished } = await ask(context, ["content"], content);
  const pulled = blobs.filter(({ sources }) => sources.length > 0);
  const pulledBytes = [...pulled, ...unfinished].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  figure("pulled", pulledBytes, "B");
  figure(
    "stored",
    blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    "B",
  );
  expect({
    pulled: pulled.map(({ digest, sources }) => `${digest} from ${sources.join(", ")}`),
    unfinished: unfinished.map(({ ref }) => ref),
  }).toEqual({ pulled: [], unfinished: [] });
  const attempts = await pullAttempts(agent);
  for (const line of attempts.slice(0, 5)) evidence("journal", line);
  figure("attempts", attempts.length, "count");
  expect(attempts).toEqual([]);
  // What has not started yet may still ask for an image.
  if (!seen.isComplete && seen.wasStarved) inconclusive(starved);
});

const starved =
  "The guest waited for a host CPU for most of the time in which the containers did not start";

interface Waited extends z.infer<typeof containers> {
  readonly wasStarved: boolean;
}

let waiting: Promise<Waited> | undefined;

/** All containers, as soon as the wanted ones run, or when the time is up; it is waited for once. */
const waitedFor = (
  context: BootedContext,
  wanted: readonly { readonly name: string }[],
): Promise<Waited> => {
  const look = async (): Promise<Waited> => {
    const { agent, machine, slowness } = context;
    const unit = promised?.unit;
    const startedAt = machine.sampleLoad();
    const deadline = deadlineAfter(waitMs * Math.max(1, slowness));
    const isThere = unit === undefined || (await agent.waitForUnitUntil(unit, deadline)).isActive;
    const question = ["containers", ...wanted.map(({ name }) => name)] as const;
    const seen = await ask(context, question, containers, isThere ? waitMs : waitWithoutImagesMs);
    return { ...seen, wasStarved: wasStarved(machine, startedAt) };
  };
  waiting ??= look();
  return waiting;
};

const journalctl = "/usr/bin/journalctl";

/** What containerd wrote down of requests to fetch an image. */
const pullAttempts = async (agent: AgentClient): Promise<readonly string[]> => {
  const argv = [journalctl, "-b", "-t", "containerd", "-o", "cat", "--no-pager"];
  const { exit, stdout, stderr, isTruncated } = await agent.exec(argv).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error;
    return unsupported(`This image has no ${journalctl} to tell of attempts`);
  });
  if (isTruncated) inconclusive("containerd wrote more into the journal than is read");
  const lines = stdout.toString("utf8").split("\n");
  expect(exit).toEqual({ kind: "exited", code: 0 });
  // One that says nothing at all proves nothing.
  if (!lines.some((line) => line.includes("containerd successfully booted"))) {
    inconclusive(
      `The journal does not show all that containerd wrote since it was started: ${lines.length} lines, the first ${JSON.stringify(lines[0])}; ${stderr.toString("utf8")}`,
    );
  }
  return lines.filter((line) => /\bpull(ing)? ?(and unpack )?image/i.test(line));
};
