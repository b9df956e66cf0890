/**
 * Gets the agent into an unmodified image: systemd credentials over SMBIOS type 11 (systemd.system-credentials(7);
 * extra units need systemd 256), with the program on a read-only disk of its own. The image needs no file changed and
 * the kernel no argument. `[Install]` in such a unit is ignored, so a drop-in of multi-user.target pulls it in; that
 * target does not exist in an initrd, where the agent must not start.
 */

/** The serial number that the agent's disk must have in the machine. */
export const agentDiskSerial = "bwagent";

/** The name of the private virtio-serial port. */
export const agentPortName = "bootwright.agent.0";

const agentDir = "/run/bootwright/agent";
const serviceName = "bootwright-agent.service";
const mountName = "run-bootwright-agent.mount";
const getty = "serial-getty@ttyS0.service";

export interface SystemdCredential {
  readonly name: string;
  readonly value: string;
}

/** How the agent talks to the host: a private virtio-serial port, or the UART that the console is on. */
export type AgentTransport = "port" | "uart";

/** The credentials that start the agent in the guest. */
export const agentCredentials = (transport: AgentTransport): readonly SystemdCredential[] => [
  { name: `systemd.extra-unit.${serviceName}`, value: serviceUnit(transport) },
  { name: `systemd.extra-unit.${mountName}`, value: mountUnit },
  {
    name: "systemd.unit-dropin.multi-user.target~bootwright",
    value: `[Unit]\nWants=${serviceName}\n`,
  },
];

/** What is different in the guest because of the agent; a check of one of these things must say so. */
export const agentInfluences = (transport: AgentTransport): readonly string[] => [
  `units ${serviceName} and ${mountName} and a drop-in of multi-user.target exist, in memory only`,
  `one more read-only virtio disk (serial ${agentDiskSerial}) is mounted on ${agentDir}`,
  ...(transport === "port"
    ? [`one virtio-serial port (${agentPortName}) is attached`]
    : [`${getty} is stopped, and ttyS0 is in raw mode with frames among the console's text`]),
];

/** OOMScoreAdjust and the lack of limits keep the agent alive in suites that use up the guest's memory and tasks. */
const serviceUnit = (transport: AgentTransport): string =>
  [
    "[Unit]",
    "Description=Bootwright guest agent",
    "DefaultDependencies=no",
    `Requires=${mountName}`,
    `After=${mountName} sysinit.target`,
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

const mountUnit: string = [
  "[Unit]",
  "Description=Disk of the Bootwright guest agent",
  "DefaultDependencies=no",
  "[Mount]",
  `What=/dev/disk/by-id/virtio-${agentDiskSerial}`,
  `Where=${agentDir}`,
  "Type=ext4",
  "Options=ro,nodev,nosuid",
  "",
].join("\n");
