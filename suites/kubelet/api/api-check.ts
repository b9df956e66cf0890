import {
  type CheckOptions,
  defineStreamedTrial,
  fail,
  inconclusive,
  isSelected,
  printable,
  testStreamEnd,
  testStreamed,
} from "../../../harness/index.ts";
import { tooLate } from "../../node-runtime/watched-deadline.ts";
import type { Cluster } from "./cluster.ts";
import { refusalIn } from "./cluster-client.ts";
import { joinedNode } from "./joined-node.ts";
import { Late } from "./late.ts";

/** What the body of a check of the joined node gets. */
export interface ApiTools {
  readonly cluster: Cluster;
  evidence(kind: string, text: string): void;
  figure(name: string, value: number, unit: string): void;
}

type Body = (tools: ApiTools) => Promise<void>;

interface Seen {
  readonly durationMs: number;
  readonly evidence: readonly (readonly [kind: string, text: string])[];
  readonly figures: readonly (readonly [name: string, value: number, unit: string])[];
  /** Present when the body threw: what it threw. */
  readonly failed?: { readonly error: unknown };
}

/** `beside`: all of these at once; `last`: after them, since it takes away what they need. */
type When = "beside" | "last";

const bodies: { readonly id: string; readonly when: When; readonly body: Body }[] = [];

const trial = defineStreamedTrial<Seen, void>(async (tools, tell) => {
  await using node = await joinedNode(tools);
  for (const when of ["beside", "last"] as const) {
    const wanted = bodies.filter((one) => one.when === when);
    const all = wanted.map(async ({ id, body }) => tell(id, await seenBy(body, node.cluster)));
    // What ends under the checks ends all of them: then no error of theirs says anything of the image.
    await Promise.race([Promise.all(all), node.broken]);
  }
});

testStreamEnd(
  trial,
  "kubelet/api/joined",
  { title: "With a card in the machine and an API server to join, the image's kubelet is healthy" },
  () => undefined,
);

const seenBy = async (body: Body, cluster: Cluster): Promise<Seen> => {
  const evidence: [string, string][] = [];
  const figures: [string, number, string][] = [];
  const startedMs = performance.now();
  const durationMs = (): number => performance.now() - startedMs;
  try {
    await body({
      cluster,
      evidence: (kind, text) => void evidence.push([kind, text]),
      figure: (name, value, unit) => void figures.push([name, value, unit]),
    });
    return { durationMs: durationMs(), evidence, figures };
  } catch (error) {
    await cluster.settled();
    return {
      durationMs: durationMs(),
      evidence,
      figures,
      failed: { error },
    };
  }
};

/** Registers a check of a node that has joined an API server; all of them share one machine, and go on side by side. */
export const apiCheck = (
  id: string,
  { when = "beside", ...options }: Pick<CheckOptions, "title"> & { readonly when?: When },
  body: Body,
): void => {
  testStreamed(trial, id, options, ({ evidence, figures, failed }, tools) => {
    for (const one of evidence) tools.evidence(...one);
    for (const one of figures) tools.figure(...one);
    if (failed !== undefined) judge(failed.error);
  });
  if (isSelected(id)) bodies.push({ id, when, body });
};

/** What an error says of the image. What the API server finds invalid is our fault, and so is what it cannot be asked. */
const judge = (error: unknown): never => {
  if (error instanceof Late) return tooLate({ wasStarved: () => error.wasStarved }, error.message);
  const refusal = refusalIn(error);
  if (refusal === undefined) throw error;
  const text = printable(refusal.text, 1000);
  return refusal.of === "host"
    ? inconclusive(`The host's API server did not do a request: ${text}`)
    : fail(`The API server refused a request: ${text}`);
};
