import type { MachineFacts } from "../results/machine-facts.ts";

/**
 * What a machine was given besides CPU and disks, and what its guest says of it; undefined for a plain machine.
 * Without an escape: certificate names in it are the caller's to make visible.
 */
export const machineText = ({ given, seen }: MachineFacts): string | undefined => {
  const trusts = given.trusts ?? [];
  const keys = trusts.length === 0 ? "" : ` (trusts ${trusts.join(", ")})`;
  const parts = [
    ...(given.secureBoot ? [`Secure Boot${keys}`] : []),
    ...(given.tpm ? ["TPM 2.0"] : []),
  ];
  if (parts.length === 0) return undefined;
  if (seen === undefined) return `given ${parts.join(", ")}; no guest to ask`;
  const says = [
    ...(given.secureBoot ? [`Secure Boot ${onOff(seen.secureBoot)}`] : []),
    ...(seen.lockdown === undefined ? [] : [`lockdown ${seen.lockdown}`]),
    ...(given.tpm ? [`TPM ${seen.tpm ?? "unknown"}`] : []),
  ];
  return `given ${parts.join(", ")}; the guest sees ${says.join(", ")}`;
};

const onOff = (value: boolean | undefined): string =>
  value === undefined ? "unknown" : value ? "on" : "off";
