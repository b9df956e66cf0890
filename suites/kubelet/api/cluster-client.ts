// The only folder that speaks to an API server. Why a client library and not plain HTTPS: exec, logs and port-forward are
// multiplexed web sockets, and watches break off and go on; its types are those of the API.
import { Writable } from "node:stream";
import {
  ApiException,
  AuthenticationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  PortForward,
  type V1Status,
} from "@kubernetes/client-node";
import { z } from "zod";
import type { ControlPlane } from "../../../harness/index.ts";

/** The clients of one API server, as somebody who may do everything. */
export interface ClusterClient {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly coordination: CoordinationV1Api;
  readonly authentication: AuthenticationV1Api;
  readonly exec: Exec;
  readonly log: Log;
  readonly portForward: PortForward;
}

export const clusterClient = ({ port, ca, serverName, tokens }: ControlPlane): ClusterClient => {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: "node-under-test",
        server: `https://127.0.0.1:${port}`,
        caData: Buffer.from(ca).toString("base64"),
        tlsServerName: serverName,
      },
    ],
    users: [{ name: "admin", token: tokens.admin }],
    contexts: [{ name: "admin", cluster: "node-under-test", user: "admin" }],
    currentContext: "admin",
  });
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    authentication: config.makeApiClient(AuthenticationV1Api),
    exec: new Exec(config),
    log: new Log(config),
    portForward: new PortForward(config),
  };
};

/** The kubeconfig of a node that finds the API server at `guestAddress`. */
export const nodeKubeconfig = (
  { guestAddress, ca, tokens }: Pick<ControlPlane, "guestAddress" | "ca" | "tokens">,
  port: number,
): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "host",
        cluster: {
          server: `https://${guestAddress}:${port}`,
          "certificate-authority-data": Buffer.from(ca).toString("base64"),
        },
      },
    ],
    users: [{ name: "node", user: { token: tokens.node } }],
    contexts: [{ name: "node", context: { cluster: "host", user: "node" } }],
    "current-context": "node",
  });

/** What the guest writes, bounded: the rest is dropped. */
export class Collected extends Writable {
  static readonly maxBytes: number = 1024 * 1024;
  #text = "";
  /** Called after each piece. */
  onText: (() => void) | undefined;

  get text(): string {
    return this.#text;
  }

  constructor() {
    super();
    // A log that is followed no longer ends with an error of its stream, which the library gives nobody to hear.
    this.on("pipe", (source) => source.on("error", () => undefined));
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#text.length < Collected.maxBytes) this.#text += chunk.toString("utf8");
    this.onText?.();
    done();
  }
}

/** The API server's answer for what it does not have. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiException && error.code === 404;

/** The API server's answer for what it does not have any more, or what somebody has changed meanwhile. */
export const isGoneOrTaken = (error: unknown): boolean =>
  error instanceof ApiException && (error.code === 404 || error.code === 409);

/** The API server's answer where it cannot do what it is for. */
export const isServerFault = (error: unknown): boolean =>
  error instanceof ApiException && error.code >= 500;

/** What came of a request that the API server passes on to the kubelet. */
class KubeletAnswer extends Error {
  readonly answer: ApiException<unknown>;

  constructor(answer: ApiException<unknown>) {
    super(`Through the kubelet: ${answer.message}`);
    this.answer = answer;
  }
}

/** Marks what is answered to a request for the kubelet, so that it can be told from the API server's own word. */
export const throughKubelet = async <T>(asked: Promise<T>): Promise<T> => {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof ApiException ? new KubeletAnswer(error) : error;
  }
};

/** A request that was not done. */
export interface Refusal {
  /** Whose fault it is: `host`, when its etcd or API server was too slow, or could not be reached. */
  readonly of: "node" | "host";
  readonly text: string;
}

/** Undefined for what is no answer, or our own fault, as an invalid request. A web socket's error is none of Node's. */
export const refusalIn = (error: unknown): Refusal | undefined => {
  if (error instanceof KubeletAnswer) {
    const { code } = error.answer;
    if (code === 422) return undefined;
    const text = textOf(error.answer);
    return { of: isBusy(code) || isOfEtcd.test(text) ? "host" : "node", text };
  }
  if (error instanceof ApiException) {
    const text = textOf(error);
    if (error.code >= 500 || isBusy(error.code)) return { of: "host", text };
    // We made it, and nobody but the node can have taken it away.
    return error.code === 404 ? { of: "node", text } : undefined;
  }
  const text = socketError.safeParse(error).data?.message;
  if (text === undefined) return undefined;
  // All of them go to the kubelet; what is no answer did not come as far as the API server.
  const code = /^Unexpected server response: (\d+)$/.exec(text)?.[1];
  return { of: code === undefined || isBusy(Number(code)) ? "host" : "node", text };
};

/** The API server has too much to do, or did not come to an end in its own time. */
const isBusy = (code: number): boolean => code === 429 || code === 504;

/** How etcd's errors stand in an answer of the API server; what a kubelet says is put behind other words. */
const isOfEtcd = /"message":\s*"etcdserver: /;

const textOf = ({ code, body }: ApiException<unknown>): string => {
  const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "without a word");
  return `${code} ${text.slice(0, 500)}`;
};

/** How the web sockets of the library reject: with an event, not an Error. */
const socketError = z.object({ type: z.literal("error"), message: z.string() });

/** The exit code in the last word of an exec; undefined when it ended in another way. */
export const exitCodeOf = ({ status, reason, details }: V1Status): number | undefined => {
  if (status === "Success") return 0;
  if (reason !== "NonZeroExitCode") return undefined;
  const code = details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  return code === undefined ? undefined : Number(code);
};
