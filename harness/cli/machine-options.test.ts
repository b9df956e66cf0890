import { expect, test } from "vitest";
import { resolveImage } from "../../images/catalog.ts";
import { type MachineOptions, withMachineOptions } from "./machine-options.ts";

const bootOf = (options: MachineOptions) =>
  withMachineOptions(resolveImage("reference"), options).manifest.machine.boot;
const uefi = { kind: "firmware", firmware: "uefi" };

test("without options the machine is the manifest's", () => {
  const reference = resolveImage("reference");
  expect(withMachineOptions(reference, {})).toEqual(reference);
});

test("an image is booted by the firmware that was asked for, and Secure Boot brings UEFI", () => {
  expect([
    bootOf({ firmware: "bios" }),
    bootOf({ firmware: "uefi" }),
    bootOf({ secureBoot: true }),
    bootOf({ firmware: "uefi", secureBoot: true }),
  ]).toEqual([
    { kind: "firmware", firmware: "bios" },
    { ...uefi, secureBoot: false },
    { ...uefi, secureBoot: true },
    { ...uefi, secureBoot: true },
  ]);
});

test("a manifest's Secure Boot stays when UEFI is asked for, and goes with BIOS", () => {
  const secure = withMachineOptions(resolveImage("reference"), { secureBoot: true });
  const asked = (firmware: "bios" | "uefi") =>
    withMachineOptions(secure, { firmware }).manifest.machine.boot;
  expect([asked("uefi"), asked("bios")]).toEqual([
    { ...uefi, secureBoot: true },
    { kind: "firmware", firmware: "bios" },
  ]);
});

test("a TPM comes to any machine", () => {
  const probe = withMachineOptions(resolveImage("probe"), { tpm: true });
  expect(probe.manifest.machine).toMatchObject({ boot: { kind: "kernel" }, tpm: true });
});

test("an image that boots its kernel directly has no firmware to choose, and a BIOS checks nothing", () => {
  const probe = resolveImage("probe");
  expect(() => withMachineOptions(probe, { firmware: "uefi" })).toThrow(
    "--firmware uefi: probe boots its kernel directly",
  );
  expect(() => withMachineOptions(probe, { secureBoot: true })).toThrow(
    "--secure-boot: probe boots its kernel directly",
  );
  expect(() => bootOf({ firmware: "bios", secureBoot: true })).toThrow(
    "--secure-boot contradicts --firmware bios: only UEFI checks signatures",
  );
});
