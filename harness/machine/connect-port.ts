import { createConnection, type Socket } from "node:net";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { KiB } from "../core/units.ts";

/**
 * Connects to a virtio port. The bytes of a `data` event lie in memory that the next event overwrites: a fresh buffer for
 * each read has V8 collect its garbage every 16 MB, 30 ms of a core each time.
 * @throws {TimeoutError} when nothing listens there by the deadline; the system's error when it cannot be connected to.
 */
export const connectPort = async (path: string, deadline: Deadline): Promise<Socket> => {
  const buffer = Buffer.allocUnsafeSlow(256 * KiB);
  const socket: Socket = createConnection({
    path,
    onread: { buffer, callback: (bytes) => socket.emit("data", buffer.subarray(0, bytes)) },
  });
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
