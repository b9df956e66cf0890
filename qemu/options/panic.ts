import type { MachineSpec } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/**
 * What happens at the end. A panic is reported by pvpanic as GUEST_PANICKED and the guest runs on, because the kernel
 * prints the rest of the oops only after it has told pvpanic. A shutdown ends QEMU.
 */
export const panicOptions = (onReboot: MachineSpec["onReboot"]): readonly string[] => [
  ...["-device", "pvpanic-pci"],
  ...[
    "-action",
    keyval(
      undefined,
      ["reboot", onReboot === "exit" ? "shutdown" : "reset"],
      ["shutdown", "poweroff"],
      ["panic", "none"],
    ),
  ],
];
