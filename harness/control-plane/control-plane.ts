import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "../../images/payload/go-program.ts";
import { kubeApiserver } from "../../images/payload/kube-apiserver.ts";
import { deadlineAfter } from "../core/deadline.ts";
import type { HostError } from "../core/errors.ts";
import { apiServerAddress, apiServerName, startApiServer } from "./api-server.ts";
import { startEgressProxy } from "./egress-proxy.ts";
import { type EtcdPorts, startEtcd } from "./etcd.ts";
import { freePorts } from "./free-ports.ts";
import type { ServerPlace } from "./server-process.ts";

/** An API server on this host, with a store of its own. Disposing it ends both; its directories are the caller's to remove. */
export interface ControlPlane extends AsyncDisposable {
  /** On 127.0.0.1, by HTTPS. */
  readonly port: number;
  /** Where guests find it, once the machine forwards this address to `port`. */
  readonly guestAddress: string;
  /** The name to ask for in TLS on this host. */
  readonly serverName: string;
  /** PEM. */
  readonly ca: string;
  /** Bearer tokens: of one who may do everything, and of the node. */
  readonly tokens: Readonly<Record<"admin" | "node", string>>;
  /** Resolves, never rejects, when a server ends although nobody wanted that: what then fails is no fault of the image. */
  readonly died: Promise<HostError>;
  /** Connections of the API server to `address`, as in `10.0.2.15:10250`, go to this port of 127.0.0.1. */
  lead(address: string, hostPort: number): void;
}

export interface ControlPlaneOptions {
  /** For the store, keys and tokens. */
  readonly dataPath: string;
  /** Short, for a unix socket. */
  readonly socketsPath: string;
  /** Gets etcd.log and kube-apiserver.log, of 4 MiB at most each. */
  readonly logsPath: string;
  /** For both servers to answer, once they are built. */
  readonly withinMs: number;
  /** Default: free ones. */
  readonly ports?: EtcdPorts & { readonly api: number };
  /** Default: the one that `ci/setup` installs. */
  readonly etcdProgram?: string;
}

/**
 * Builds the API server unless it is in the cache, and starts it with etcd.
 * @throws {HostError} HOST_TOOL_MISSING without etcd, or without Go when it must be built; HOST_RESOURCE when a port is taken;
 * COMMAND_FAILED when a server ends before it answers; {TimeoutError}.
 */
export const startControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const { dataPath, logsPath, socketsPath } = options;
  for (const path of [dataPath, logsPath, socketsPath])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  const program = await goProgram(kubeApiserver());
  const { client, peer, api } = options.ports ?? (await chosenPorts());
  const tokens = { admin: token(), node: token() };
  await using started = new AsyncDisposableStack();
  const egressSocketPath = join(socketsPath, "egress.sock");
  const egress = started.use(await startEgressProxy(egressSocketPath));
  const place: ServerPlace = { dataPath, logsPath, deadline: deadlineAfter(options.withinMs) };
  const etcd = started.use(await startEtcd(place, { client, peer }, options.etcdProgram));
  const apiServer = started.use(
    await startApiServer(place, {
      ...{ program, port: api, etcdPort: client, egressSocketPath, tokens },
    }),
  );
  const kept = started.move();
  return {
    port: api,
    guestAddress: apiServerAddress,
    serverName: apiServerName,
    ca: apiServer.ca,
    tokens,
    died: Promise.race([etcd.died, apiServer.died]),
    lead: (address, hostPort) => egress.lead(address, hostPort),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};

const chosenPorts = async (): Promise<EtcdPorts & { readonly api: number }> => {
  const [client = 0, peer = 0, api = 0] = await freePorts(3);
  return { client, peer, api };
};

const token = (): string => randomBytes(24).toString("hex");
