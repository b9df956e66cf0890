import { type AgentTransport, agentTarget, agentUnits, attachedInfluences } from "./agent-units.ts";

/**
 * Gets the agent into an image whose systemd is too old for credentials: its two units and a link lie in the writable
 * layer of /etc, on a disk or partition that is this machine's own copy. The image file has no byte changed.
 */

/** Where the writable layer of /etc lies; `directory` is a path in that file system. */
export type EtcPlace =
  | { readonly kind: "disk"; readonly serial: string; readonly directory: string }
  | {
      readonly kind: "partition";
      /** Of the system disk; 1-based. */
      readonly index: number;
      /** GPT name; may be empty. */
      readonly label: string;
      readonly startByte: number;
      readonly sizeBytes: number;
      readonly directory: string;
    };

/** A file or a link below /etc; `path` is relative to it. */
export type EtcEntry =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/** What has to lie in /etc so that systemd starts the agent. */
export const etcUnitEntries = (transport: AgentTransport, after?: string): readonly EtcEntry[] => {
  const { service, mount } = agentUnits(transport, after);
  return [
    { kind: "file", path: `${unitDir}/${service.name}`, text: service.text },
    { kind: "file", path: `${unitDir}/${mount.name}`, text: mount.text },
    {
      kind: "link",
      path: `${unitDir}/${agentTarget}.wants/${service.name}`,
      target: `../${service.name}`,
    },
  ];
};

/** What is different in the guest because of the agent; a check of one of these things must say so. */
export const etcUnitInfluences = (
  transport: AgentTransport,
  place: EtcPlace,
): readonly string[] => {
  const { service, mount } = agentUnits(transport);
  return [
    `units ${service.name} and ${mount.name} and a link in ${agentTarget}.wants are files of /etc/${unitDir}`,
    ...placeInfluences(place),
    ...attachedInfluences(transport),
  ];
};

const unitDir = "systemd/system";

const placeInfluences = (place: EtcPlace): readonly string[] => {
  if (place.kind === "disk") {
    return [
      `they lie in ${place.directory} of disk ${place.serial}, which the guest gets formatted (ext4) and not blank`,
    ];
  }
  const label = place.label === "" ? "" : ` (${place.label})`;
  return [
    `they lie in ${place.directory} of partition ${place.index}${label} of the system disk, in an overlay of this machine`,
    `the hash of partition ${place.index} is not comparable with the image's; every other partition comes as the image has it`,
  ];
};
