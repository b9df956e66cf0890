import type { MachineSpec } from "../machine-spec.ts";
import { type KeyValue, keyval } from "./keyval.ts";

/** Any fixed date does; a guest whose own build is younger sets its clock forward (systemd does). */
const countedSince = "2026-01-01T00:00:00";

/** The host's time; or, where instructions are counted, one nanosecond for each and none of the host's. */
export const clockOptions = ({ counting }: MachineSpec): readonly string[] =>
  counting === undefined
    ? ["-rtc", keyval(undefined, ["base", "utc"])]
    : [
        ...["-rtc", keyval(undefined, ["base", countedSince], ["clock", "vm"])],
        // sleep=off: when the guest has nothing to do, its clock goes on to its next timer at once.
        ...["-icount", keyval(undefined, ["shift", 0], ["sleep", false])],
      ];

/** Machine properties: the HPET counts in the host's time. */
export const clockNames = ({ counting }: MachineSpec): readonly KeyValue[] =>
  counting === undefined ? [] : [["hpet", false]];
