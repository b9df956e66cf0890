// Specs want images that no registry of the world serves to a machine without a network: the image's own containerd is started
// once more with its own configuration, in which only the registries' mirrors are others.
import {
  type AgentClient,
  agentCodeOf,
  type BootedMachine,
  errorCodeOf,
  fail,
  unsupported,
} from "../../harness/index.ts";
import { tooLate, watchedDeadline } from "../node-runtime/watched-deadline.ts";
import { execStart } from "../units/exec-start.ts";
import { commandOf } from "../units/unit-command.ts";
import { withConfigFile, withMirrors } from "./containerd-config.ts";
import { printedBy, versionOf } from "./containerd-program.ts";
import { payload } from "./mounted-disks.ts";

const unit = "containerd.service";
const directory = "/run/bootwright/containerd";
const dropIn = `/run/systemd/system/${unit}.d`;

/** The image's containerd, taking its images from the payload disk. */
export interface MirroredContainerd {
  readonly socket: string;
  /** As in `1.7.24`. */
  readonly version: string;
}

/** The check ends here where the image has no containerd: nothing is done to the guest then. */
export const requireContainerd = async (
  agent: AgentClient,
  { suite }: { readonly suite: string },
): Promise<void> => {
  const { loadState } = await agent.unit(unit).catch((error: unknown) => {
    if (agentCodeOf(error) !== "no-systemd") throw error;
    return unsupported("The image has no systemd to start containerd with other mirrors");
  });
  if (loadState === "not-found")
    unsupported(`The image has no ${unit}: install containerd in it, or leave suite ${suite} out`);
  if (loadState !== "loaded") fail(`The unit ${unit} cannot be started: it is ${loadState}`);
};

/**
 * Has the image's containerd take its images from the payload disk. The check ends here where its containerd is too old.
 * @param suite that is to be left out then.
 * @param before what is done before its restart. Default nothing.
 */
export const mirroredContainerd = async (
  { machine, agent }: { readonly machine: BootedMachine; readonly agent: AgentClient },
  {
    slowness,
    suite,
    before = async () => undefined,
  }: {
    readonly slowness: number;
    readonly suite: string;
    readonly before?: () => Promise<void>;
  },
): Promise<MirroredContainerd> => {
  const { program, arguments: given } = await commandOf(agent, unit);
  const version = await versionOf(agent, { program, suite });
  const dump = await printedBy(agent, [...program, ...given, "config", "dump"]);
  // Without a place for mirrors there is no CRI plugin: specs find that out by themselves.
  const config = withMirrors(dump, `${payload.path}/hosts`) ?? dump;
  await agent.makeDirectory(directory);
  await agent.makeDirectory(dropIn);
  await agent.writeFile(`${directory}/config.toml`, config);
  const start = [...program, ...withConfigFile(given, `${directory}/config.toml`)];
  await agent.writeFile(
    `${dropIn}/zz-bootwright.conf`,
    `${["[Service]", ...execStart(start)].join("\n")}\n`,
  );
  await agent.reloadUnits();
  await before();
  const deadline = watchedDeadline(machine, 60_000 * Math.max(1, slowness));
  const result = await agent.controlUnit(unit, "restart", { deadline }).catch((error: unknown) => {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
    const seconds = Math.round(deadline.timeoutMs / 1000);
    return tooLate(deadline, `${unit} did not start with mirrors of its images in ${seconds} s`);
  });
  if (result !== "done") fail(`${unit} does not start with mirrors of its images: ${result}`);
  return { socket: "/run/containerd/containerd.sock", version };
};
