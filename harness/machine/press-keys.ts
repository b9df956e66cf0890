import type { QmpClient } from "../../qemu/qmp/client.ts";
import type { Deadline } from "../core/deadline.ts";

/** Long enough for a driver to see the keys together, short enough to type a command in a second. */
const holdMs = 20;

/** Presses keys together and lets them go again; QEMU queues what comes faster than the guest can take it. */
export const pressKeys = async (
  qmp: QmpClient,
  keys: readonly string[],
  deadline: Deadline,
): Promise<void> => {
  const named = keys.map((data) => ({ type: "qcode", data }));
  await qmp.execute("send-key", { keys: named, "hold-time": holdMs }, deadline);
};
