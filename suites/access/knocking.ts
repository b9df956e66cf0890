import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** How long a connection may stay open; QEMU opens it before the guest is asked, and closes it when the guest refuses. */
const openMs = 2000;
const betweenMs = 500;

/** Somebody who tries a port of this host again and again. What comes of it is in the machine's packets. */
export interface Knocking {
  /** Resolves to the number of tries once the last one is over. */
  stop(): Promise<number>;
}

export const knockAt = (port: number): Knocking => {
  const end = new AbortController();
  const tries = knockUntil(end.signal, port);
  return {
    stop: async () => {
      end.abort();
      return await tries;
    },
  };
};

const knockUntil = async (end: AbortSignal, port: number): Promise<number> => {
  let tries = 0;
  while (!end.aborted) {
    await knock(port);
    tries += 1;
    await pause(betweenMs, undefined, { signal: end }).catch(() => undefined);
  }
  return tries;
};

/** One connection, until the other side closes it or it has been open for long enough. */
const knock = async (port: number): Promise<void> => {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(openMs, () => socket.destroy());
  socket.on("error", () => undefined);
  socket.once("end", () => socket.destroy());
  socket.once("close", () => resolve());
  socket.resume();
  await isOver;
};
