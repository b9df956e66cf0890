import { expect, test } from "vitest";
import type { BootMethod } from "../../images/schema.ts";
import { configurationName } from "./configuration-name.ts";

const named = (boot: BootMethod, tpm: boolean): string =>
  configurationName({
    memoryMiB: 1024,
    cpus: 2,
    boot,
    tpm,
    hasWatchdog: false,
    firmwareVariables: { kind: "keys", keys: "microsoft" },
  });
const uefi = (secureBoot: boolean): BootMethod => ({
  kind: "firmware",
  firmware: "uefi",
  secureBoot,
});

test("Secure Boot and TPM each make a machine of their own name", () => {
  expect([
    named({ kind: "firmware", firmware: "bios" }, false),
    named({ kind: "kernel", commandLine: "" }, true),
    named(uefi(false), false),
    named(uefi(true), false),
    named(uefi(true), true),
  ]).toEqual(["default", "tpm", "default", "secure-boot", "secure-boot-tpm"]);
});
