import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Leads the API server's connections to nodes, which have addresses that mean nothing on this host. */
export interface EgressProxy extends AsyncDisposable {
  /** From now on connections to `address`, as in `10.0.2.15:10250`, go to this port of 127.0.0.1. */
  lead(address: string, hostPort: number): void;
}

/**
 * An HTTP proxy on a unix socket that knows CONNECT alone: what an EgressSelectorConfiguration of the API server calls
 * HTTPConnect (https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/, KEP-1281).
 */
export const startEgressProxy = async (socketPath: string): Promise<EgressProxy> => {
  const ports = new Map<string, number>();
  const open = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Duplex, head: Buffer) => {
    const port = ports.get(request.url ?? "");
    if (port === undefined) {
      client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    const node = connect({ host: "127.0.0.1", port, noDelay: true });
    for (const side of [client, node]) {
      open.add(side);
      side.once("close", () => open.delete(side));
    }
    join(client, node, head);
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    lead: (address, hostPort) => void ports.set(address, hostPort),
    [Symbol.asyncDispose]: async () => {
      for (const side of open) side.destroy();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const join = (client: Duplex, node: Socket, head: Buffer): void => {
  let isConnected = false;
  node.once("connect", () => {
    isConnected = true;
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) node.write(head);
    client.pipe(node).pipe(client);
  });
  node.on("error", () => {
    if (isConnected) client.destroy();
    else client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  client.on("error", () => node.destroy());
  client.on("close", () => node.destroy());
  node.on("close", () => client.end());
};
