import type { MachineNeeds } from "../../images/schema.ts";
import { hasSecureBoot } from "./has-secure-boot.ts";

/** Names what sets a machine apart from that of any other run: the check `boot/NAME` judges it. */
export const configurationName = (machine: MachineNeeds): string => {
  const { tpm } = machine;
  const parts = [...(hasSecureBoot(machine) ? ["secure-boot"] : []), ...(tpm ? ["tpm"] : [])];
  return parts.length === 0 ? "default" : parts.join("-");
};
