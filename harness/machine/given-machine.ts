import type { MachineSpec } from "../../qemu/machine-spec.ts";
import { readVariableStore } from "../../qemu/variable-store.ts";
import { printable } from "../core/printable.ts";
import type { GivenMachine } from "../results/machine-facts.ts";

/** What a machine is given that decides which software it lets run. Its variable store must be there. */
export const givenMachine = ({ boot, tpm }: MachineSpec): GivenMachine => {
  const isUefi = boot.kind === "firmware" && boot.firmware === "uefi";
  const hasSecureBoot = isUefi && boot.secureBoot;
  const trusts = hasSecureBoot ? readVariableStore(boot.vars)?.trusts : undefined;
  return {
    boot: boot.kind === "kernel" ? "kernel" : boot.firmware,
    secureBoot: hasSecureBoot,
    ...(trusts === undefined
      ? {}
      : { trusts: trusts.slice(0, 64).map((name) => printable(name, 150)) }),
    tpm: tpm !== undefined,
  };
};
