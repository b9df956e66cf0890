// What every way in shares: the two units, the disk that the program is on, and the line to the host.

/** The serial number that the agent's disk must have in the machine. */
export const agentDiskSerial = "bwagent";

/** The name of the private virtio-serial port. */
export const agentPortName = "bootwright.agent.0";

/** How the agent talks to the host: a private virtio-serial port, or the UART that the console is on. */
export type AgentTransport = "port" | "uart";

/** What pulls the agent in. It does not exist in an initrd, where the agent must not start. */
export const agentTarget = "multi-user.target";

const agentDir = "/run/bootwright/agent";
const getty = "serial-getty@ttyS0.service";

interface Unit {
  readonly name: string;
  readonly text: string;
}

export interface AgentUnits {
  readonly service: Unit;
  /** Of the agent's disk, below /run: a writable layer of /etc is often `noexec`, and takes no program. */
  readonly mount: Unit;
}

/**
 * The units that start the agent; every key in them is one that systemd 239 has. They wait for the unit `after`, if one is
 * named, so that nothing of them takes part in the boot before it.
 */
export const agentUnits = (transport: AgentTransport, after?: string): AgentUnits => ({
  service: { name: serviceName, text: serviceText(transport, after) },
  mount: { name: mountName, text: mountText(after) },
});

/** What is attached to the machine for the agent, whatever the way in. */
export const attachedInfluences = (transport: AgentTransport): readonly string[] => [
  `one more read-only virtio disk (serial ${agentDiskSerial}) is mounted on ${agentDir}`,
  ...(transport === "port"
    ? [`one virtio-serial port (${agentPortName}) is attached`]
    : [`${getty} is stopped, and ttyS0 is in raw mode with frames among the console's text`]),
];

const serviceName = "bootwright-agent.service";
const mountName = "run-bootwright-agent.mount";

/** OOMScoreAdjust and the lack of limits keep the agent alive in suites that use up the guest's memory and tasks. */
const serviceText = (transport: AgentTransport, after: string | undefined): string =>
  [
    "[Unit]",
    "Description=Bootwright guest agent",
    "DefaultDependencies=no",
    `Requires=${mountName}`,
    `After=${mountName} sysinit.target`,
    ...afterLine(after),
    ...(transport === "uart" ? [`Conflicts=${getty}`, `After=${getty}`] : []),
    "[Service]",
    `ExecStart=${agentDir}/agent ${agentArguments[transport]}`,
    "Restart=on-failure",
    "RestartSec=1",
    "OOMScoreAdjust=-1000",
    "TasksMax=infinity",
    "KillMode=process",
    "",
  ].join("\n");

const agentArguments: Readonly<Record<AgentTransport, string>> = {
  port: `-port /dev/virtio-ports/${agentPortName} -framing binary`,
  uart: "-port /dev/ttyS0 -framing line",
};

const mountText = (after: string | undefined): string =>
  [
    "[Unit]",
    "Description=Disk of the Bootwright guest agent",
    "DefaultDependencies=no",
    ...afterLine(after),
    "[Mount]",
    `What=/dev/disk/by-id/virtio-${agentDiskSerial}`,
    `Where=${agentDir}`,
    "Type=ext4",
    "Options=ro,nodev,nosuid",
    "",
  ].join("\n");

const afterLine = (after: string | undefined): readonly string[] =>
  after === undefined ? [] : [`After=${after}`];
