import { expect, test } from "vitest";
import type { StoppedMachine } from "./booted-machine.ts";
import { contentsOf } from "./disk-contents.ts";

test("a machine leaves the disks that it could write, and its firmware's variables", () => {
  const backing = { path: "/images/disk.raw", format: "raw" };
  const stopped = {
    disks: [
      {
        id: "system",
        serial: "system",
        path: "/run/s.qcow2",
        format: "qcow2",
        readOnly: false,
        backing,
      },
      { id: "agent", serial: "bwagent", path: "/cache/agent", format: "raw", readOnly: true },
    ],
    firmwareVariables: "/run/uefi-vars.fd",
  } as unknown as StoppedMachine;
  expect(contentsOf(stopped)).toEqual({
    "uefi-vars": { path: "/run/uefi-vars.fd", format: "raw" },
    system: { path: "/run/s.qcow2", format: "qcow2", backing },
  });
});
