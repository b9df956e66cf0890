import { type AgentTransport, agentTarget, agentUnits, attachedInfluences } from "./agent-units.ts";

/**
 * Gets the agent into an unmodified image: systemd credentials over SMBIOS type 11 (systemd.system-credentials(7)), with
 * the program on a read-only disk of its own. The image needs no file changed and the kernel no argument. `[Install]` in
 * such a unit is ignored, so a drop-in of multi-user.target pulls it in.
 */

/** The first systemd that makes units of credentials: NEWS of systemd 256, "systemd.extra-unit". */
export const credentialsNeedSystemd = 256;

export interface SystemdCredential {
  readonly name: string;
  readonly value: string;
}

/** The credentials that start the agent in the guest. */
export const agentCredentials = (
  transport: AgentTransport,
  after?: string,
): readonly SystemdCredential[] => {
  const { service, mount } = agentUnits(transport, after);
  return [
    { name: `systemd.extra-unit.${service.name}`, value: service.text },
    { name: `systemd.extra-unit.${mount.name}`, value: mount.text },
    {
      name: `systemd.unit-dropin.${agentTarget}~bootwright`,
      value: `[Unit]\nWants=${service.name}\n`,
    },
  ];
};

/** What is different in the guest because of the agent; a check of one of these things must say so. */
export const credentialInfluences = (transport: AgentTransport): readonly string[] => {
  const { service, mount } = agentUnits(transport);
  return [
    `units ${service.name} and ${mount.name} and a drop-in of ${agentTarget} exist, in memory only`,
    ...attachedInfluences(transport),
  ];
};
