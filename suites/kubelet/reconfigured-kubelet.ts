// The image's own kubelet with another configuration, for as long as a trial takes. Nothing of the image is changed: a drop-in
// below /run, which is in memory on every system, starts the same program with another file, and without flags that would win
// over what the trial gives.
import { dirname } from "node:path/posix";
import type { AgentClient } from "../../harness/index.ts";
import type { WatchedDeadline } from "../node-runtime/watched-deadline.ts";
import { execStart } from "../units/exec-start.ts";
import { type ConfigFields, kubeletArguments } from "./kubelet-flags.ts";
import { type Health, healthAfterRestart } from "./kubelet-health.ts";
import { complaints } from "./kubelet-journal.ts";
import type { ShippedKubelet } from "./shipped-kubelet.ts";

/** The fields that are other ones than the image's. @param directory of `ReconfiguredKubelet`. */
export type ConfigChange = (directory: string) => ConfigFields;

export interface KubeletChanges {
  readonly config: ConfigChange;
  /** Flags by their names without dashes, as in `kubeconfig`; they take the place of the unit's. Default none. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Names of flags that are left out. Default none. */
  readonly without?: readonly string[];
  /** Files that are there before it starts, by their paths below `directory`. Default none. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines for the section [Service] of the drop-in. Default none. */
  readonly service?: readonly string[];
  /** Makes the deadline by which it is to be healthy, for each start. */
  readonly within: () => WatchedDeadline;
}

/** Disposing it has the image's own configuration run again. */
export interface ReconfiguredKubelet extends AsyncDisposable {
  /** A directory in memory for files that the kubelet is to use; it is gone afterwards. */
  readonly directory: string;
  /** Of its /healthz when the wait for it was over. */
  readonly health: Health;
  /** Writes another configuration, for its next start. */
  write(config: ConfigChange): Promise<void>;
  /** Writes another configuration and starts the kubelet with it. */
  reconfigure(config: ConfigChange): Promise<Health>;
}

/** What a kubelet with a time for shutdowns leaves in /etc (pkg/kubelet/nodeshutdown/systemd/inhibit_linux.go). */
export const logindDropIn = "/etc/systemd/logind.conf.d/99-kubelet.conf";

/** For an image whose kubelet is given flags alone. */
const kind = { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" };

/** Starts the image's kubelet with changes, and waits until it is healthy, or will not become so. */
export const reconfiguredKubelet = async (
  agent: AgentClient,
  shipped: ShippedKubelet,
  { config, flags = {}, without = [], files = {}, service = [], within }: KubeletChanges,
): Promise<ReconfiguredKubelet> => {
  const { unit } = shipped;
  const directory = `/run/bootwright/kubelet-${unit}`;
  const configPath = `${directory}/kubelet.yaml`;
  const dropIns = `/run/systemd/system/${unit}.d`;
  const dropIn = `${dropIns}/zz-bootwright.conf`;
  const write: ReconfiguredKubelet["write"] = async (change) => {
    const fields = change(directory);
    await agent.makeDirectory(directory);
    const text = JSON.stringify({ ...kind, ...shipped.config, ...fields }, undefined, 2);
    await agent.writeFile(configPath, text); // JSON is YAML
    const given = kubeletArguments(shipped.arguments, fields, {
      flags: { ...flags, config: configPath },
      // What is in that directory is in the file.
      without: [...without, "config-dir"],
    });
    const start = execStart([...shipped.program, ...given]);
    await agent.writeFile(dropIn, `${["[Service]", ...start, ...service].join("\n")}\n`);
    await agent.reloadUnits();
  };
  const apply: ReconfiguredKubelet["reconfigure"] = async (change) => {
    await write(change);
    return await restartKubelet(agent, unit, within());
  };
  const hadLogindDropIn = await agent.exists(logindDropIn);
  const restore = async (): Promise<void> => {
    if (agent.isLost) return; // all of it went with the machine
    await agent.remove(dropIn);
    if (!hadLogindDropIn) await agent.remove(logindDropIn);
    await agent.reloadUnits();
    await restartKubelet(agent, unit, within());
    await agent.remove(directory);
  };
  try {
    await agent.makeDirectory(dropIns);
    for (const [path, text] of Object.entries(files)) {
      await agent.makeDirectory(dirname(`${directory}/${path}`));
      await agent.writeFile(`${directory}/${path}`, text);
    }
    const health = await apply(config);
    return { directory, health, write, reconfigure: apply, [Symbol.asyncDispose]: restore };
  } catch (error) {
    await restore();
    throw error;
  }
};

/** Restarts the unit and waits for its health. */
const restartKubelet = async (
  agent: AgentClient,
  unit: string,
  deadline: WatchedDeadline,
): Promise<Health> => {
  const health = await healthAfterRestart(agent, unit, unit, deadline);
  if (health.isHealthy) return health;
  return { ...health, lastSeen: [health.lastSeen, ...(await complaints(agent, unit))].join("; ") };
};
