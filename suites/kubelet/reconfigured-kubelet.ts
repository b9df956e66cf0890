// The image's own kubelet with another configuration, for as long as a trial takes. Nothing of the image is changed: a drop-in
// below /run, which is in memory on every system, starts the same program with another file.
import { type AgentClient, type Deadline, deadlineAfter, fail } from "../../harness/index.ts";
import { withFlags } from "./kubelet-flags.ts";
import { type Health, waitForHealth } from "./kubelet-health.ts";
import { expectedKubelet, type KubeletConfig, type ShippedKubelet } from "./shipped-kubelet.ts";

export interface KubeletChanges {
  /** Makes the new configuration from the image's. */
  readonly config: (shipped: KubeletConfig) => KubeletConfig;
  /** Flags by their names without dashes, as in `kubeconfig`; they take the place of the unit's. Default none. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Lines for the section [Service] of the drop-in. Default none. */
  readonly service?: readonly string[];
  /** How long it may take until it is healthy, on a host of common speed. Default 120 s. */
  readonly withinMs?: number;
}

/** Disposing it has the image's own configuration run again. */
export interface ReconfiguredKubelet extends AsyncDisposable {
  /** A directory in memory for files that the kubelet is to use; it is gone afterwards. */
  readonly directory: string;
  /** Of its /healthz when the wait for it was over. */
  readonly health: Health;
  /** Writes another configuration and starts the kubelet with it. */
  reconfigure(config: (shipped: KubeletConfig) => KubeletConfig): Promise<Health>;
}

export const defaultHealthMs = 120_000;

/** Starts the image's kubelet with changes, and waits until it is healthy, or will not become so. */
export const reconfiguredKubelet = async (
  agent: AgentClient,
  shipped: ShippedKubelet,
  { config, flags = {}, service = [], withinMs = defaultHealthMs }: KubeletChanges,
): Promise<ReconfiguredKubelet> => {
  const { unit } = shipped;
  const directory = `/run/bootwright/kubelet-${unit}`;
  const configPath = `${directory}/kubelet.yaml`;
  const dropIn = `/run/systemd/system/${unit}.d/zz-bootwright.conf`;
  await agent.makeDirectory(directory);
  await agent.makeDirectory(`/run/systemd/system/${unit}.d`);
  const start = [
    shipped.program,
    ...withFlags(shipped.arguments, { ...flags, config: configPath }),
  ];
  const lines = ["[Service]", "ExecStart=", `ExecStart=${start.map(quoted).join(" ")}`, ...service];
  await agent.writeFile(dropIn, `${lines.join("\n")}\n`);
  await agent.reloadUnits();
  const apply: ReconfiguredKubelet["reconfigure"] = async (change) => {
    // JSON is YAML.
    await agent.writeFile(configPath, JSON.stringify(change(shipped.config), undefined, 2));
    return await restartKubelet(agent, unit, deadlineAfter(withinMs));
  };
  return {
    directory,
    health: await apply(config),
    reconfigure: apply,
    [Symbol.asyncDispose]: async () => {
      if (agent.isLost) return; // with the machine all of it went
      await agent.remove(dropIn);
      await agent.reloadUnits();
      await restartKubelet(agent, unit, deadlineAfter(withinMs));
      await agent.remove(directory);
    },
  };
};

/** Restarts the unit and waits for its health. */
export const restartKubelet = async (
  agent: AgentClient,
  unit: string,
  deadline: Deadline,
): Promise<Health> => {
  const result = await agent.controlUnit(unit, "restart", { deadline });
  if (result !== "done") return { isHealthy: false, lastSeen: `the restart of ${unit}: ${result}` };
  return await waitForHealth(agent, unit, expectedKubelet().healthPort, deadline);
};

/** One argument of a command in a unit file (systemd.service(5), systemd.syntax(7)). */
const quoted = (argument: string): string => {
  if (/[\n\r\0]/.test(argument)) return fail(`The kubelet has an argument of several lines`);
  const escaped = argument.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped.replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
};
