// Not for QEMU, but for time: the API server may have to be built first, and takes seconds to start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { get } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { processesNaming } from "../core/testing/leftovers.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { freePorts } from "./free-ports.ts";

const timeoutMs = 1_200_000;

const optionsIn = ({ path }: TempDir) => ({
  dataPath: join(path, "data"),
  socketsPath: join(path, "sockets"),
  logsPath: join(path, "logs"),
  withinMs: 180_000,
});

const ask = async (
  { port, ca, serverName }: ControlPlane,
  path: string,
  token: string,
): Promise<unknown> => {
  const asked = get({
    ...{ host: "127.0.0.1", port, path, ca, servername: serverName, agent: false },
    headers: { authorization: `Bearer ${token}` },
  });
  const [response] = await once(asked, "response");
  return await json(response);
};

test("an API server with a certificate for the address that guests know; nothing of it stays", {
  timeout: timeoutMs,
}, async () => {
  await using dir = await tempDir();
  await using plane = await startControlPlane(optionsIn(dir));
  expect(await ask(plane, "/api/v1/namespaces/default", plane.tokens.admin)).toMatchObject({
    kind: "Namespace",
    metadata: { name: "default" },
  });
  expect(await ask(plane, "/apis/authentication.k8s.io/v1", "wrong")).toMatchObject({ code: 401 });
  const forGuests = get({
    ...{ host: "127.0.0.1", port: plane.port, path: "/readyz", ca: plane.ca, agent: false },
    headers: { authorization: `Bearer ${plane.tokens.node}` },
    servername: "",
    checkServerIdentity: (_name, { subjectaltname }) => {
      expect(subjectaltname).toContain(`IP Address:${plane.guestAddress}`);
      return undefined;
    },
  });
  const [{ statusCode }] = await once(forGuests, "response");
  expect(statusCode).toBe(200);
  expect(processesNaming(dir.path)).toHaveLength(2);
  await plane[Symbol.asyncDispose]();
  expect(processesNaming(dir.path)).toEqual([]);
});

test("a store that ends while it is needed is told with its name; logs are left", {
  timeout: timeoutMs,
}, async () => {
  await using dir = await tempDir();
  const options = optionsIn(dir);
  await using plane = await startControlPlane(options);
  const etcd = processesNaming(join(options.dataPath, "etcd")).map((line) =>
    Number.parseInt(line, 10),
  );
  for (const pid of etcd) process.kill(pid, "SIGKILL");
  expect(await plane.died).toMatchObject({
    code: "COMMAND_FAILED",
    message: expect.stringMatching(/^etcd ended by SIGKILL while it was needed/),
  });
  expect(existsSync(join(options.logsPath, "kube-apiserver.log"))).toBe(true);
});

test("a port that is taken is the host's fault, whoever needs it", {
  timeout: timeoutMs,
}, async () => {
  await using dir = await tempDir();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const taken = typeof address === "object" ? (address?.port ?? 0) : 0;
  const [a = 0, b = 0] = await freePorts(2);
  for (const ports of [
    { client: taken, peer: a, api: b },
    { client: a, peer: b, api: taken },
  ]) {
    await expect(startControlPlane({ ...optionsIn(dir), ports })).rejects.toMatchObject({
      code: "HOST_RESOURCE",
      message: expect.stringMatching(/^A port of (etcd|kube-apiserver) is taken on this host: /),
    });
  }
  expect(processesNaming(dir.path)).toEqual([]);
  server.close();
});

test("without etcd it is told what installs it", { timeout: timeoutMs }, async () => {
  await using dir = await tempDir();
  const starting = startControlPlane({ ...optionsIn(dir), etcdProgram: join(dir.path, "none") });
  await expect(starting).rejects.toMatchObject({
    code: "HOST_TOOL_MISSING",
    hint: "Run ci/setup, which installs it",
  });
});

test("an API server that does not answer in time is told with what it said last", {
  timeout: timeoutMs,
}, async () => {
  await using dir = await tempDir();
  const starting = startControlPlane({ ...optionsIn(dir), withinMs: 700 });
  await expect(starting).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(processesNaming(dir.path)).toEqual([]);
});

test("its connections to nodes go to the forwarded port, others nowhere", {
  timeout: timeoutMs,
}, async () => {
  await using dir = await tempDir();
  const options = optionsIn(dir);
  await using plane = await startControlPlane(options);
  const node = createServer((socket) => socket.end("the node\n")).listen(0, "127.0.0.1");
  await once(node, "listening");
  const address = node.address();
  plane.lead("10.0.2.15:10250", typeof address === "object" ? (address?.port ?? 0) : 0);
  const proxied = async (target: string): Promise<number | undefined> => {
    const asked = request({
      socketPath: join(options.socketsPath, "egress.sock"),
      method: "CONNECT",
      path: target,
    }).end();
    const [response, socket] = await once(asked, "connect");
    socket.destroy();
    return response.statusCode;
  };
  expect(await proxied("10.0.2.15:10250")).toBe(200);
  expect(await proxied("10.0.2.16:10250")).toBe(502);
  node.close();
});

test("SIGKILL of whoever started it leaves no process", { timeout: timeoutMs }, async () => {
  await using dir = await tempDir();
  const script = `
    const { startControlPlane } = await import(${JSON.stringify(join(import.meta.dirname, "control-plane.ts"))});
    await startControlPlane(${JSON.stringify(optionsIn(dir))});
    console.log("up");
    setInterval(() => undefined, 1000);
  `;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(starter.stdout, "data");
  const servers = (): readonly string[] =>
    processesNaming(dir.path).filter((line) => !line.includes("startControlPlane"));
  expect(servers()).toHaveLength(2);
  starter.kill("SIGKILL");
  await once(starter, "exit");
  await expect.poll(servers, { timeout: 10_000 }).toEqual([]);
});
