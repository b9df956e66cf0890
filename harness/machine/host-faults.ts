import type { QemuExit } from "../../qemu/qemu-process.ts";
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
  exit: QemuExit,
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
  const how = exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`;
  const last = said === "" ? "it printed nothing" : `it printed: ${printable(said, 1000)}`;
  return {
    kind: "qemu-died",
    reason: `QEMU ended ${how} while it was needed; ${last}`,
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
