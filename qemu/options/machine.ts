import type { MachineSpec, Network } from "../machine-spec.ts";
import { flashNames } from "./boot.ts";
import { clockNames, clockOptions } from "./clock.ts";
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
  ...[
    "-machine",
    keyval(spec.machineType, ["graphics", false], ...clockNames(spec), ...flashNames(spec.boot)),
  ],
  ...["-accel", spec.accel],
  // Else QEMU would add a card of its own choice.
  ...(spec.network === "none" ? ["-nic", "none"] : []),
  ...clockOptions(spec),
  // The set that libvirt uses: a guest that breaks out of a device model can start and change nothing. Only a machine that
  // reaches services of this host may start programs, for QEMU runs a relay for each connection. libslirp calls setsid for it
  // (fork_exec_child_setup), which `elevateprivileges` forbids with `children` as well (seen on 2026-11-30: SIGSYS). No program
  // gets more privileges than QEMU has all the same: libseccomp sets PR_SET_NO_NEW_PRIVS with every filter.
  ...[
    "-sandbox",
    keyval(
      "on",
      ["obsolete", "deny"],
      ["elevateprivileges", startsPrograms(spec.network) ? "allow" : "deny"],
      ["spawn", startsPrograms(spec.network) ? "allow" : "deny"],
      ["resourcecontrol", "deny"],
    ),
  ],
  // Paused until QMP `cont`, so that every reader is connected before the first byte.
  "-S",
];

const startsPrograms = (network: Network): boolean =>
  network !== "none" && (network.guestForwards ?? []).length > 0;
