import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { type ServerPlace, type ServerProcess, startServer } from "./server-process.ts";
import { statusOf } from "./status-of.ts";

export interface ApiServerFacts {
  readonly program: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly egressSocketPath: string;
  /** Bearer tokens by the user that they stand for. */
  readonly tokens: Readonly<Record<"admin" | "node", string>>;
}

/** The address in the guest's network at which nodes reach it; its certificate is for this one. */
export const apiServerAddress = "10.0.2.100";
/** A name that its own certificate has as well. */
export const apiServerName = "kubernetes";

/**
 * Starts an API server that admits everything a kubelet does: no controllers and no scheduler are needed, pods name their node.
 * @throws {HostError} as `startServer`; {TimeoutError}.
 */
export const startApiServer = async (
  { dataPath, logsPath, deadline }: ServerPlace,
  facts: ApiServerFacts,
): Promise<ServerProcess & { readonly ca: string }> => {
  const directory = join(dataPath, "api-server");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const certificate = join(directory, "apiserver.crt");
  const readCa = (): string => readFileSync(certificate, "utf8");
  const server = await startServer({
    name: "kube-apiserver",
    argv: [facts.program, ...argumentsOf(directory, facts)],
    logsPath,
    deadline,
    isReady: async () =>
      existsSync(certificate)
        ? await statusOf(
            request({
              ...{ host: "127.0.0.1", port: facts.port, path: "/readyz", ca: readCa() },
              servername: apiServerName,
              // Who may do everything must still be somebody: AlwaysAllow switches anonymous requests off.
              headers: { authorization: `Bearer ${facts.tokens.admin}` },
              agent: false,
            }),
          )
        : "no certificate yet",
  });
  return { ...server, ca: readCa() };
};

// Admission: without a controller nobody would make service accounts, or take taints off a node.
const argumentsOf = (
  directory: string,
  { port, etcdPort, egressSocketPath, tokens }: ApiServerFacts,
): readonly string[] => {
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const key = file("service-account.key", privateKey());
  const users = file(
    "tokens.csv",
    `${tokens.admin},admin,admin,system:masters\n${tokens.node},node,node,system:nodes\n`,
  );
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--advertise-address=${apiServerAddress}`,
    "--endpoint-reconciler-type=none",
    `--cert-dir=${directory}`,
    `--token-auth-file=${users}`,
    "--authorization-mode=AlwaysAllow",
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    "--service-account-issuer=https://bootwright.invalid",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
    "--allow-privileged=true",
    "--kubelet-preferred-address-types=InternalIP",
    `--egress-selector-config-file=${file("egress.yaml", egressSelection(egressSocketPath))}`,
    "--profiling=false",
  ];
};

/** In a form that client-go takes the public key from as well (keyutil.ParsePublicKeysPEM). */
const privateKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

/** JSON is YAML. */
const egressSelection = (udsName: string): string =>
  JSON.stringify({
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      {
        name: "cluster",
        connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName } } },
      },
    ],
  });
