import { type BootedMachine, unsupported } from "../../harness/index.ts";

/** Where the guest's kernel shows its TPM. */
export const tpmDirectory = "/sys/class/tpm/tpm0";

// TCG PC Client Platform Firmware Profile, section 3.3.4.8.
export const policyRegister = 7;

/** Ends the check on a machine whose firmware has no TPM to record its Secure Boot policy in. */
export const needPolicyRegister = ({ plan }: BootedMachine): void => {
  const { tpm, boot } = plan.manifest.machine;
  if (!tpm) unsupported("This machine has no TPM: run with --tpm");
  if (boot.kind === "kernel" || boot.firmware !== "uefi") {
    unsupported("Only UEFI has a Secure Boot policy to record");
  }
};
