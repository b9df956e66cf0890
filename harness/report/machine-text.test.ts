import { expect, test } from "vitest";
import { machineText } from "./machine-text.ts";

test("a plain machine needs no line", () => {
  const given = { boot: "bios", secureBoot: false, tpm: false } as const;
  expect(machineText({ given, seen: { isUefi: false, tpm: "none" } })).toBe(undefined);
});

test("what was given stands beside what the guest sees of it", () => {
  const given = { boot: "uefi", secureBoot: true, trusts: ["Some CA"], tpm: true } as const;
  const seen = { isUefi: true, secureBoot: true, setupMode: false, lockdown: "integrity" } as const;
  expect([
    machineText({ given, seen: { ...seen, tpm: "2" } }),
    machineText({ given, seen: { isUefi: false, tpm: "none" } }),
    machineText({ given }),
  ]).toEqual([
    "given Secure Boot (trusts Some CA), TPM 2.0; the guest sees Secure Boot on, lockdown integrity, TPM 2",
    "given Secure Boot (trusts Some CA), TPM 2.0; the guest sees Secure Boot unknown, TPM none",
    "given Secure Boot (trusts Some CA), TPM 2.0; no guest to ask",
  ]);
});
