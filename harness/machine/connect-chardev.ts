import { createConnection, type Socket } from "node:net";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { KiB } from "../core/units.ts";

/** An emulated UART hands on its bytes one to sixteen at a time. */
const gatherMs = 1;

/**
 * Connects to the UART of a machine. What comes in a stream is gathered: after a read that follows another closely, nothing is
 * read for `gatherMs`. The first bytes after a silence are handed on at once, so that their time is exact.
 * @throws {TimeoutError} when nothing listens there by the deadline; the system's error when it cannot be connected to.
 */
export const connectUart = async (path: string, deadline: Deadline): Promise<Socket> => {
  let lastReadMs = 0;
  const socket = socketOf(path, (chunk) => {
    const ms = performance.now();
    const isStream = ms - lastReadMs < 2 * gatherMs;
    lastReadMs = ms;
    socket.emit("data", Buffer.from(chunk));
    if (isStream) setTimeout(() => socket.resume(), gatherMs);
    return !isStream;
  });
  return await connected(socket, path, deadline);
};

/**
 * Connects to a virtio port. The bytes of a `data` event lie in memory that the next event overwrites: a fresh buffer for
 * each read has V8 collect its garbage every 16 MB, 30 ms of a core each time.
 * @throws as `connectUart`.
 */
export const connectPort = async (path: string, deadline: Deadline): Promise<Socket> => {
  const socket = socketOf(path, (chunk) => socket.emit("data", chunk));
  return await connected(socket, path, deadline);
};

/** Reads into one buffer, until `onRead` answers false; `resume` goes on. */
const socketOf = (path: string, onRead: (chunk: Buffer) => boolean): Socket => {
  const buffer = Buffer.allocUnsafeSlow(256 * KiB);
  return createConnection({
    path,
    onread: { buffer, callback: (bytes) => onRead(buffer.subarray(0, bytes)) },
  });
};

const connected = async (socket: Socket, path: string, deadline: Deadline): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve);
  socket.once("error", reject);
  try {
    await withDeadline(promise, deadline, `Connection to ${path}`);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off("error", reject);
    // QEMU closes its sockets when it ends, which is told by its exit.
    socket.on("error", () => undefined);
  }
  return socket;
};
