// Joins the socket that is its standard input, output and error to a port of 127.0.0.1: QEMU starts one for each connection that
// a guest opens to a forwarded address (libslirp, fork_exec). It prints nothing, because that would be read as the service's
// words. It ends with either side, so none is left when QEMU is gone.
import { connect, Socket } from "node:net";

const guest = new Socket({ fd: 0, readable: true, writable: true, allowHalfOpen: true });
const service = connect({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  allowHalfOpen: true,
  noDelay: true,
});
for (const [from, to] of [
  [guest, service],
  [service, guest],
]) {
  from.on("error", () => process.exit(1));
  from.on("close", () => {
    if (from.errored !== null || to.destroyed) process.exit();
  });
  from.pipe(to);
}
