import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrolledKeys, variableStoreBytes } from "../../qemu/testing/variable-store-bytes.ts";
import { errorCodeOf } from "../core/errors.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { chooseFirmware } from "./choose-firmware.ts";

let root: TempDir;
beforeAll(async () => {
  root = await tempDir();
  mkdirSync(join(root.path, "usr/share/qemu/firmware"), { recursive: true });
  const descriptor = (code: string, features: readonly string[]) => ({
    "interface-types": ["uefi"],
    mapping: {
      device: "flash",
      executable: { filename: `/${code}`, format: "raw" },
      "nvram-template": { filename: "/VARS.fd", format: "raw" },
    },
    targets: [{ architecture: "x86_64", machines: ["pc-q35-*"] }],
    features,
  });
  const file = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(root.path, name), content);
  const secure = ["secure-boot", "requires-smm"];
  file("usr/share/qemu/firmware/50.json", JSON.stringify(descriptor("SECURE.fd", secure)));
  file("usr/share/qemu/firmware/60.json", JSON.stringify(descriptor("PLAIN.fd", [])));
  for (const name of ["SECURE.fd", "PLAIN.fd"]) file(name, "");
  file("VARS.fd", variableStoreBytes([]));
  file("VARS.snakeoil.fd", variableStoreBytes(enrolledKeys));
  file("own.fd", variableStoreBytes(enrolledKeys));
  file("large.fd", variableStoreBytes(enrolledKeys, 8192));
});
afterAll(() => root[Symbol.asyncDispose]());

const chosen = async (secureBoot: boolean, store: string): Promise<string> => {
  const variables =
    store === "microsoft" || store === "snakeoil" || store === "none"
      ? ({ kind: "keys", keys: store } as const)
      : ({ kind: "file", path: join(root.path, store) } as const);
  const text = await chooseFirmware([root.path], { secureBoot, variables }).then(
    (firmware) => `${firmware.code} with ${firmware.variables}`,
    (error: unknown) => `${errorCodeOf(error)}: ${(error as Error).message}`,
  );
  return text.replaceAll(`${root.path}/`, "");
};

test("firmware and store fit each other and what is wanted", async () => {
  expect([
    await chosen(false, "microsoft"),
    await chosen(false, "own.fd"),
    await chosen(true, "snakeoil"),
    await chosen(true, "own.fd"),
    await chosen(true, "none"),
  ]).toEqual([
    "PLAIN.fd with VARS.fd",
    "PLAIN.fd with own.fd",
    "SECURE.fd with VARS.snakeoil.fd",
    "SECURE.fd with own.fd",
    "SECURE.fd with VARS.fd",
  ]);
});

test("a store that would verify nothing, or that this firmware cannot use, is refused in words", async () => {
  expect([
    await chosen(true, "VARS.fd"),
    await chosen(true, "large.fd"),
    await chosen(false, "PLAIN.fd"),
    await chosen(true, "absent.fd"),
  ]).toEqual([
    "CONFIG_INVALID: Variable store VARS.fd (machine.firmwareVariables) has no keys enrolled, so nothing would be verified",
    "CONFIG_INVALID: Variable store large.fd (machine.firmwareVariables) has 8192 bytes, but this host's firmware has 4096 for it",
    "CONFIG_INVALID: Variable store PLAIN.fd (machine.firmwareVariables) should be a raw variable store of OVMF, but has no such header",
    "CONFIG_INVALID: Variable store absent.fd (machine.firmwareVariables) is no file",
  ]);
  expect(await chosen(true, "microsoft")).toMatch(
    /^HOST_TOOL_MISSING: Expected UEFI firmware \(OVMF\) with Secure Boot and enrolled keys /,
  );
});
