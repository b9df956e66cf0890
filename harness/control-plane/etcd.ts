import { request } from "node:http";
import { join } from "node:path";
import { HostError } from "../core/errors.ts";
import { exec } from "../core/exec.ts";
import { toolPath } from "../core/tool.ts";
import { type ServerPlace, type ServerProcess, startServer } from "./server-process.ts";
import { statusOf } from "./status-of.ts";

/** Where etcd listens on 127.0.0.1. */
export interface EtcdPorts {
  readonly client: number;
  readonly peer: number;
}

/**
 * Starts an empty etcd. Nothing is flushed to the disk: what is in it lives no longer than the run.
 * @throws {HostError} HOST_TOOL_MISSING without etcd, and as `startServer`; {TimeoutError}.
 */
export const startEtcd = async (
  { dataPath, logsPath, deadline }: ServerPlace,
  { client, peer }: EtcdPorts,
  program: string = toolPath("etcd"),
): Promise<ServerProcess> => {
  await requireEtcd(program);
  const clientUrl = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  return await startServer({
    name: "etcd",
    argv: [
      program,
      ...["--data-dir", join(dataPath, "etcd")],
      ...["--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", `default=${peerUrl}`],
      ...["--unsafe-no-fsync", "--log-level", "warn"],
    ],
    logsPath,
    deadline,
    isReady: () => statusOf(request(`${clientUrl}/health`)),
  });
};

const requireEtcd = async (program: string): Promise<void> => {
  await exec(program, ["--version"], { timeoutMs: 30_000 }).catch((cause: unknown) => {
    throw new HostError("HOST_TOOL_MISSING", "An API server for the node needs etcd", {
      hint: "Run ci/setup, which installs it",
      cause,
    });
  });
};
