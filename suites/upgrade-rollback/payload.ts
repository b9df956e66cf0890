import type { MachineVariant } from "../../harness/index.ts";
import { payloadDisk, type Release, unsupported } from "../../harness/index.ts";

/** The disk from which an updater in the guest takes a release. */
export const attachedPayload = ({
  name,
  payload,
}: Release): NonNullable<MachineVariant["attached"]>[number] =>
  payload === undefined
    ? unsupported(
        `Release ${name} has no payload, from which an updater in the guest could take it`,
      )
    : { serial: payloadDisk.serial, path: payload, format: "raw", readOnly: true };
