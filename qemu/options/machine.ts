import type { MachineSpec } from "../machine-spec.ts";
import { flashNames } from "./boot.ts";
import { keyval } from "./keyval.ts";

/** `-name`, `-machine`, `-accel`, and everything that keeps the host's own configuration and devices out. */
export const machineOptions = (spec: MachineSpec): readonly string[] => [
  ...[
    "-name",
    keyval(undefined, ["guest", spec.name], ["process", spec.name], ["debug-threads", true]),
  ],
  "-nodefaults",
  "-no-user-config",
  ...["-display", "none"],
  ...["-monitor", "none"],
  // graphics=off makes SeaBIOS write to the serial line, so that "No bootable device." has a witness.
  ...["-machine", keyval(spec.machineType, ["graphics", false], ...flashNames(spec.boot))],
  ...["-accel", spec.accel],
  // Else QEMU would add a card of its own choice.
  ...(spec.network === "none" ? ["-nic", "none"] : []),
  ...["-rtc", keyval(undefined, ["base", "utc"])],
  // The set that libvirt uses: a guest that breaks out of a device model can start and change nothing.
  ...[
    "-sandbox",
    keyval(
      "on",
      ["obsolete", "deny"],
      ["elevateprivileges", "deny"],
      ["spawn", "deny"],
      ["resourcecontrol", "deny"],
    ),
  ],
  // Paused until QMP `cont`, so that every reader is connected before the first byte.
  "-S",
];
