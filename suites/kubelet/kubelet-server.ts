// What a kubelet tells at its ports of 127.0.0.1. It is the guest's word: schemas bound it.
import { z } from "zod";
import {
  type AgentClient,
  type Deadline,
  errorCodeOf,
  fail,
  type HttpAnswer,
  type HttpOutcome,
} from "../../harness/index.ts";

export interface ContainerState {
  readonly waiting?:
    | { readonly reason?: string | undefined; readonly message?: string | undefined }
    | undefined;
  readonly running?: { readonly startedAt: string } | undefined;
  readonly terminated?:
    | { readonly exitCode: number; readonly reason?: string | undefined }
    | undefined;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID: string;
  readonly state: ContainerState;
  /** Of the container before the last restart. */
  readonly lastState: ContainerState;
}

/** What the suite looks at of a pod. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly phase: string;
    readonly reason?: string | undefined;
    readonly message?: string | undefined;
    readonly podIP?: string | undefined;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses: readonly ContainerStatus[];
    readonly containerStatuses: readonly ContainerStatus[];
  };
}

const text = z.string().max(4096);
const maybe = text.optional();

const containerState = z.object({
  waiting: z.object({ reason: maybe, message: maybe }).optional(),
  running: z.object({ startedAt: text }).optional(),
  terminated: z.object({ exitCode: z.number(), reason: maybe }).optional(),
});

const containerStatuses = z
  .array(
    z.object({
      name: text,
      ready: z.boolean(),
      restartCount: z.number(),
      containerID: text.default(""),
      state: containerState.default({}),
      lastState: containerState.default({}),
    }),
  )
  .max(100)
  .default([]);

const podSchema: z.ZodType<Pod> = z.object({
  metadata: z.object({ name: text, namespace: text, uid: text }),
  spec: z.object({ nodeName: text.default("") }),
  status: z.object({
    phase: text.default(""),
    reason: maybe,
    message: maybe,
    podIP: maybe,
    conditions: z
      .array(z.object({ type: text, status: text }))
      .max(100)
      .default([]),
    initContainerStatuses: containerStatuses,
    containerStatuses,
  }),
});

const podList = z.object({ items: z.array(podSchema).max(200).nullable() });

/** Pods by the names that their manifests give them. */
export type Pods = ReadonlyMap<string, Pod>;

const readOnly = "http://127.0.0.1:10255";
export const secured = "https://127.0.0.1:10250";

export const isReady = (one: Pod | undefined): boolean =>
  one?.status.conditions.some(({ type, status }) => type === "Ready" && status === "True") === true;

export const statusOf = (one: Pod | undefined, container: string): ContainerStatus | undefined =>
  [...(one?.status.containerStatuses ?? []), ...(one?.status.initContainerStatuses ?? [])].find(
    ({ name }) => name === container,
  );

/** Of a kubelet that serves its read-only port. */
export class KubeletServer {
  readonly #agent: Pick<AgentClient, "http">;

  constructor(agent: Pick<AgentClient, "http">) {
    this.#agent = agent;
  }

  async get(path: string): Promise<HttpOutcome> {
    return await this.#agent.http(`${readOnly}${path}`);
  }

  /** All pods as soon as they are so, or as they are when the time is over. */
  async podsWhen(isSo: (pods: Pods) => boolean, deadline: Deadline): Promise<Pods> {
    let last: HttpOutcome | undefined;
    let pods: Pods = new Map();
    for (;;) {
      try {
        last = await this.#agent.http(`${readOnly}/pods`, {
          deadline,
          ...(last === undefined ? {} : { changedFrom: last }),
        });
      } catch (error) {
        // A machine that goes has shown all that it will show.
        if (!["TIMEOUT", "AGENT_LOST"].includes(errorCodeOf(error) ?? "")) throw error;
        return pods;
      }
      if (last.kind !== "answered" || last.status !== 200) continue;
      pods = podsOf(last);
      if (isSo(pods)) return pods;
    }
  }
}

const podsOf = ({ body, isTruncated }: Pick<HttpAnswer, "body" | "isTruncated">): Pods => {
  const parsed = isTruncated ? undefined : podList.safeParse(parsedJson(String(body)));
  if (parsed?.success !== true)
    return fail(`The kubelet's list of pods is not one: ${parsed?.error?.message ?? "too long"}`);
  return new Map((parsed.data.items ?? []).map((one) => [givenName(one), one]));
};

/** Without the node's name, which the kubelet adds in small letters (generatePodName in pkg/kubelet/config/common.go). */
const givenName = ({ metadata: { name }, spec: { nodeName } }: Pod): string => {
  const suffix = `-${nodeName.toLowerCase()}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
};

const parsedJson = (given: string): unknown => {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
};
