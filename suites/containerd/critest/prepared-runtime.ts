// critest wants the runtime for itself, and images that no registry of the world serves to a machine without a network: the
// image's own containerd is started once more with its own configuration, in which only the registries' mirrors are others.
import {
  type AgentClient,
  agentCodeOf,
  deadlineAfter,
  fail,
  profile,
  unsupported,
} from "../../../harness/index.ts";
import { execStart } from "../../units/exec-start.ts";
import { commandOf } from "../../units/unit-command.ts";
import { withConfigFile, withMirrors } from "./containerd-config.ts";
import { printedBy, versionOf } from "./containerd-program.ts";
import { payload } from "./mounted-disks.ts";

const unit = "containerd.service";
const kubelets = [profile().kubelet?.unit ?? "kubelet.service"];
const directory = "/run/bootwright/containerd";
const dropIn = `/run/systemd/system/${unit}.d`;

/** The image's containerd, ready for critest. */
export interface PreparedRuntime {
  readonly socket: string;
  /** As in `1.7.24`. */
  readonly version: string;
}

/** The check ends here where the image has no containerd: nothing is done to the guest then. */
export const requireContainerd = async (agent: AgentClient): Promise<void> => {
  const { loadState } = await agent.unit(unit).catch((error: unknown) => {
    if (agentCodeOf(error) !== "no-systemd") throw error;
    return unsupported("The image has no systemd to start containerd with other mirrors");
  });
  if (loadState === "not-found")
    unsupported(
      `The image has no ${unit}: install containerd in it, or leave suite containerd out`,
    );
  if (loadState !== "loaded") fail(`The unit ${unit} cannot be started: it is ${loadState}`);
};

/**
 * Has the image's containerd take its images from the payload disk. The check ends here where its containerd is too old.
 */
export const prepareRuntime = async (
  agent: AgentClient,
  { slowness }: { readonly slowness: number },
): Promise<PreparedRuntime> => {
  const { program, arguments: given } = await commandOf(agent, unit);
  const version = await versionOf(agent, program);
  const dump = await printedBy(agent, [...program, ...given, "config", "dump"]);
  // Without a place for mirrors there is no CRI plugin: critest finds that out by itself.
  const config = withMirrors(dump, `${payload.path}/hosts`) ?? dump;
  await agent.makeDirectory(directory);
  await agent.makeDirectory(dropIn);
  await agent.writeFile(`${directory}/config.toml`, config);
  const start = [...program, ...withConfigFile(given, `${directory}/config.toml`)];
  await agent.writeFile(
    `${dropIn}/zz-bootwright.conf`,
    `${["[Service]", ...execStart(start)].join("\n")}\n`,
  );
  await stopOthers(agent);
  const deadline = deadlineAfter(60_000 * Math.max(1, slowness));
  const result = await agent.controlUnit(unit, "restart", { deadline });
  if (result !== "done") fail(`${unit} does not start with mirrors of its images: ${result}`);
  return { socket: "/run/containerd/containerd.sock", version };
};

/**
 * critest wants the runtime for itself: a kubelet ends every pod that it does not know. One whose start is still to come must
 * not start either, so a condition that never holds keeps it from that.
 */
const stopOthers = async (agent: AgentClient): Promise<void> => {
  for (const other of kubelets) {
    await agent.makeDirectory(`/run/systemd/system/${other}.d`);
    await agent.writeFile(
      `/run/systemd/system/${other}.d/zz-bootwright.conf`,
      "[Unit]\nConditionPathExists=!/run\n",
    );
  }
  await agent.reloadUnits();
  for (const other of kubelets) {
    const { loadState } = await agent.unit(other);
    if (loadState !== "loaded") continue;
    const result = await agent.controlUnit(other, "stop");
    if (result !== "done") fail(`${other} does not stop: ${result}`);
  }
};
