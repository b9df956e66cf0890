import { z } from "zod";
import {
  type AgentClient,
  askRuntime,
  type BootedMachine,
  deadlineAfter,
  expect,
  fail,
  inconclusive,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";

const promised = profile().preloadedImages;
const timeoutMs = 900_000;
/** Multiplied by how slow the host is. The kubelet tries again what failed after 10 and 20 s. */
const waitMs = 45_000;
/** The same where the images did not get into the store: only what comes from elsewhere can still start. */
const waitWithoutImagesMs = 10_000;
const lookMs = 60_000;

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
}, async ({ agent, machine, slowness, evidence, figure }) => {
  const wanted = promised?.containers ?? [];
  if (wanted.length === 0) return unsupported("The profile names no containers");
  const startedAt = machine.load.at(-1);
  const seen = await waitedFor(agent, wanted, slowness);
  for (const { pod, name, kind, image, isRunning } of seen.containers) {
    evidence("container", `${pod} ${name || kind} ${image} ${isRunning ? "runs" : "does not run"}`);
  }
  const { images: known } = await asked(
    agent,
    ["images", ...wanted.map(({ image }) => image)],
    images,
  );
  const digestOf = (ref: string) => known.find((image) => image.ref === ref)?.digest;
  const running = seen.containers.filter(({ isRunning }) => isRunning);
  figure("running", running.length, "count");
  const absent = wanted.filter(
    ({ name, image }) =>
      !running.some((one) => one.name === name && one.digest === digestOf(image)),
  );
  if (absent.length > 0 && wasStarved(machine, startedAt)) {
    inconclusive("The guest waited for a host CPU for most of the time in which nothing started");
  }
  expect(absent.map(({ name, image }) => `${name} of ${image}`)).toEqual([]);
});

test("preloaded-images/nothing-pulled", {
  claim: "C09",
  title: "No image was fetched, and nothing tried to fetch one, until the promised containers ran",
  timeoutMs,
}, async ({ agent, machine, slowness, evidence, figure }) => {
  const wanted = promised?.containers ?? [];
  if (promised === undefined) return unsupported("The profile names no preloaded images");
  await waitedFor(agent, wanted, slowness);
  evidence("machine", `networks: ${machine.spec.network}`);
  const { blobs, unfinished } = await asked(agent, ["content"], content);
  const pulled = blobs.filter(({ sources }) => sources.length > 0);
  const pulledBytes = [...pulled, ...unfinished].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  figure("pulled", pulledBytes, "B");
  figure(
    "stored",
    blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    "B",
  );
  expect(pulled.map(({ digest, sources }) => `${digest} from ${sources.join(", ")}`)).toEqual([]);
  const attempts = await pullAttempts(agent);
  for (const line of attempts.slice(0, 5)) evidence("journal", line);
  figure("attempts", attempts.length, "count");
  expect(attempts).toEqual([]);
});

const asked = async <T>(
  agent: AgentClient,
  question: readonly [string, ...string[]],
  schema: z.ZodType<T>,
  withinMs = lookMs,
): Promise<T> => {
  if (promised === undefined) return unsupported("The profile names no preloaded images");
  const { socket, namespace } = promised;
  const answer = await askRuntime(agent, question, schema, { socket, namespace, withinMs });
  if (answer.kind === "no-probe") return unsupported("The agent came without runtime-probe");
  return answer.kind === "answered" ? answer.value : fail(answer.reason);
};

let waiting: Promise<z.infer<typeof containers>> | undefined;

/** All containers, as soon as the wanted ones run, or when the time is up; it is waited for once. */
const waitedFor = (
  agent: AgentClient,
  wanted: readonly { readonly name: string }[],
  slowness: number,
): Promise<z.infer<typeof containers>> => {
  const look = async (): Promise<z.infer<typeof containers>> => {
    const unit = promised?.unit;
    const deadline = deadlineAfter(waitMs * Math.max(1, slowness));
    const isThere = unit === undefined || (await agent.waitForUnit(unit, { deadline })).isActive;
    const withinMs = (isThere ? waitMs : waitWithoutImagesMs) * Math.max(1, slowness);
    return asked(agent, ["containers", ...wanted.map(({ name }) => name)], containers, withinMs);
  };
  waiting ??= look();
  return waiting;
};

/** Whether its vCPUs waited for the host longer than they ran since that sample. */
const wasStarved = (
  { load }: BootedMachine,
  since: BootedMachine["load"][number] | undefined,
): boolean => {
  const last = load.at(-1);
  if (last === undefined || since === undefined) return false;
  return last.waitedMs - since.waitedMs > last.cpuMs - since.cpuMs;
};

const journalctl = "/usr/bin/journalctl";

/** What containerd wrote down of requests to fetch an image. */
const pullAttempts = async (agent: AgentClient): Promise<readonly string[]> => {
  const argv = [journalctl, "-b", "-t", "containerd", "-o", "cat", "--no-pager"];
  const { exit, stdout, stderr } = await agent
    .exec(argv)
    .catch(() => unsupported(`This image has no ${journalctl} to tell of attempts`));
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
