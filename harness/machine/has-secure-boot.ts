import type { MachineNeeds } from "../../images/schema.ts";

/** Whether the machine's firmware is told to check signatures. */
export const hasSecureBoot = ({ boot }: Pick<MachineNeeds, "boot">): boolean =>
  boot.kind === "firmware" && boot.firmware === "uefi" && boot.secureBoot;
