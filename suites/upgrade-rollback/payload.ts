import {
  type MachineVariant,
  payloadDisk,
  type Release,
  unsupported,
} from "../../harness/index.ts";

/** A release that an updater in the guest can take. */
export type PayloadRelease = Release & { readonly payload: string };

/** The disk from which a node takes a release. */
export const attachedPayload = ({
  payload: path,
  payloadSerial: serial = payloadDisk.serial,
}: PayloadRelease): NonNullable<MachineVariant["attached"]>[number] => ({
  ...{ serial, path, format: "raw", readOnly: true },
});

/** The check ends here for a release that no updater in the guest can take. */
export const withPayload = (release: Release): PayloadRelease => {
  const { name, payload } = release;
  return payload === undefined
    ? unsupported(
        `Release ${name} has no payload, from which an updater in the guest could take it`,
      )
    : { ...release, payload };
};
