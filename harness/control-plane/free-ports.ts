import { once } from "node:events";
import { createServer } from "node:net";

/** Different ports of 127.0.0.1 on which nobody listens now. Somebody may before they are used: that shows when they are. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, "close");
      server.close();
      await closed;
    }),
  );
  return ports;
};
