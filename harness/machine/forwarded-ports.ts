import type { QmpClient } from "../../qemu/qmp/client.ts";
import type { Deadline } from "../core/deadline.ts";
import { QemuError } from "../core/errors.ts";

/**
 * The host's port of each guest port that is forwarded; QEMU took free ones.
 * @throws {QemuError} QMP when it does not tell all of them.
 */
export const readForwardedPorts = async (
  qmp: QmpClient,
  guestPorts: readonly number[],
  deadline: Deadline,
): Promise<ReadonlyMap<number, number>> => {
  if (guestPorts.length === 0) return new Map();
  const arguments_ = { "command-line": "info usernet" };
  const text = String(await qmp.execute("human-monitor-command", arguments_, deadline));
  const found = parseForwardedPorts(text);
  const missing = guestPorts.filter((port) => !found.has(port));
  if (missing.length === 0) return found;
  throw new QemuError("QMP", `QEMU should forward port ${missing.join(", ")}, but tells: ${text}`);
};

/** Rows such as `TCP[HOST_FORWARD]  12  127.0.0.1 40123  10.0.2.15  22  0  0`. */
export const parseForwardedPorts = (text: string): ReadonlyMap<number, number> => {
  const row = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)\s/gm;
  return new Map(
    [...text.matchAll(row)].map(([, hostPort, guestPort]) => [Number(guestPort), Number(hostPort)]),
  );
};
