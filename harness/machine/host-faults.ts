import { howItEnded, type ProcessExit } from "../../qemu/host-process.ts";
import type { QmpEvent } from "../../qemu/qmp/message.ts";
import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { MachineFailure } from "./machine-failure.ts";

/** QMP BLOCK_IO_ERROR: undefined for an error that the guest was told of (a write to a read-only disk is one). */
export const blockErrorFailure = ({ data }: QmpEvent): MachineFailure | undefined => {
  const disk = printable(String(data["node-name"] ?? data["device"] ?? "a disk"), 60);
  const act = data["operation"] === "read" ? "read" : "write";
  if (data["nospace"] === true) {
    return hostFault(`The host's disk is full: QEMU could not ${act} ${disk}`);
  }
  if (data["action"] !== "stop") return undefined;
  const why = printable(String(data["reason"] ?? "no reason given"), 200);
  return hostFault(`QEMU could not ${act} ${disk} (${why}) and stopped the machine`);
};

/** QEMU ended and nobody had asked it to. */
export const exitFailure = (
  exit: ProcessExit,
  said: string,
  wasOutOfMemory: boolean,
): MachineFailure => {
  if (exit.signal === "SIGKILL" && wasOutOfMemory) {
    return {
      kind: "host-oom",
      reason: "The host ran out of memory and killed QEMU",
      witness: "process",
    };
  }
  return endedTooSoon("QEMU", exit, said);
};

/** swtpm ended before QEMU did: from then on the guest's TPM answers nothing. */
export const tpmFailure = (exit: ProcessExit, said: string): MachineFailure =>
  endedTooSoon("swtpm, the machine's TPM,", exit, said);

const endedTooSoon = (what: string, exit: ProcessExit, said: string): MachineFailure => {
  const last = said === "" ? "it printed nothing" : `it printed: ${printable(said, 1000)}`;
  return {
    kind: "qemu-died",
    reason: `${what} ended ${howItEnded(exit)} while it was needed; ${last}`,
    witness: "process",
  };
};

/** An error of ours that is the host's fault: undefined for any other. */
export const failureOfHostError = (error: unknown): MachineFailure | undefined => {
  const code = errorCodeOf(error) ?? (error as NodeJS.ErrnoException | null)?.code ?? "";
  return hostErrors.includes(code) ? hostFailure(error) : undefined;
};

export const hostFailure = (error: unknown): MachineFailure => ({
  kind: "qemu-died",
  reason: printable(renderError(error).replaceAll("\n", "; "), 1000),
  witness: "process",
});

const hostErrors: readonly string[] = [
  ...["QEMU_START", "TIMEOUT", "HOST_RESOURCE", "COMMAND_FAILED"],
  ...["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM"],
];

/** QMP STOP without a disk error: KVM met an instruction or a state that it cannot handle. */
export const stoppedFailure: MachineFailure = {
  kind: "emulator-fault",
  reason: "QEMU stopped the machine by itself; qemu.log says why",
  witness: "qmp",
};

const hostFault = (reason: string): MachineFailure => ({
  kind: "qemu-died",
  reason,
  witness: "qmp",
});
