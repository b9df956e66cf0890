import { type AgentClient, fail, profile, skip, unsupported } from "../../harness/index.ts";
import { commandOf, type UnitCommand, variablesIn } from "../units/unit-command.ts";
import { type KubeletConfig, readConfig } from "./kubelet-config.ts";
import { flagOf } from "./kubelet-flags.ts";

export type ExpectedKubelet = NonNullable<ReturnType<typeof profile>["kubelet"]>;

/** What the profile says of the node's kubelet; where it says nothing, the check ends here. */
export const expectedKubelet = (): ExpectedKubelet =>
  profile().kubelet ??
  unsupported(
    "The profile names no kubelet. For an image that has one, its unit and version are named in a section kubelet of its profile",
  );

/** The kubelet of the image, with what it is told. */
export interface ShippedKubelet extends UnitCommand {
  readonly unit: string;
  /** What its files say; empty where there are none. Its flags win over that. */
  readonly config: KubeletConfig;
  /** Where it keeps what it knows of its pods, and their volumes. */
  readonly rootDirectory: string;
}

/** The check ends here where the image has no kubelet, or a configuration that is not YAML. */
export const shippedKubelet = async (agent: AgentClient): Promise<ShippedKubelet> => {
  const command = await kubeletCommand(agent);
  const given = command.arguments;
  const unknown = variablesIn(given);
  if (unknown.length > 0)
    skip(
      `The kubelet does not run, and only its process tells what its unit's ${unknown.join(" ")} is`,
    );
  const config = await readConfig(agent, flagOf(given, "config"), flagOf(given, "config-dir"));
  const rootDirectory = flagOf(given, "root-dir") ?? "/var/lib/kubelet";
  return { ...command, unit: expectedKubelet().unit, config, rootDirectory };
};

/** How the image's unit starts its kubelet. The check ends here where the image has none. */
export const kubeletCommand = async (agent: AgentClient): Promise<UnitCommand> => {
  const { unit } = expectedKubelet();
  await requireUnit(agent, unit);
  return await commandOf(agent, unit);
};

/** Ends the check where the image does not have the unit that its profile promises, or it cannot be started. */
export const requireUnit = async (agent: AgentClient, unit: string): Promise<void> => {
  const { loadState } = await agent.unit(unit);
  if (loadState === "not-found") fail(`The image has no unit ${unit}, which its profile names`);
  if (loadState === "masked") fail(`The unit ${unit} is masked`);
};
