import type { MachineNeeds } from "../../images/schema.ts";

/** Names what sets a machine apart from that of any other run: the check `boot/NAME` judges it. */
export const configurationName = ({ boot, tpm }: MachineNeeds): string => {
  const hasSecureBoot = boot.kind === "firmware" && boot.firmware === "uefi" && boot.secureBoot;
  const parts = [...(hasSecureBoot ? ["secure-boot"] : []), ...(tpm ? ["tpm"] : [])];
  return parts.length === 0 ? "default" : parts.join("-");
};
