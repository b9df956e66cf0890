import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../harness/core/tmp.ts";
import { findUefiFirmware } from "./firmware.ts";

const descriptor = (code: string, features: readonly string[] = [], machine = "pc-q35-*") => ({
  description: `${code} firmware`,
  "interface-types": ["uefi"],
  mapping: {
    device: "flash",
    executable: { filename: `/fw/${code}`, format: "raw" },
    "nvram-template": { filename: "/fw/VARS.fd", format: "raw" },
  },
  targets: [{ architecture: "x86_64", machines: [machine] }],
  features,
  tags: [],
});

const makeRoot = async (root: string, descriptors: Record<string, unknown>): Promise<void> => {
  const folder = join(root, "usr/share/qemu/firmware");
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, "fw"), { recursive: true });
  for (const [name, content] of Object.entries(descriptors)) {
    await writeFile(
      join(folder, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  for (const name of ["CODE.fd", "CODE_4M.fd", "VARS.fd"]) {
    await writeFile(join(root, "fw", name), "");
  }
};

test("the plain 4M firmware is chosen, and every other one is passed over with its reason", async () => {
  await using root = await tempDir();
  await makeRoot(root.path, {
    "10-enrolled.json": descriptor("CODE_4M.fd", ["enrolled-keys", "requires-smm"]),
    "20-smm.json": descriptor("CODE_4M.fd", ["requires-smm"]),
    "30-arm.json": descriptor("CODE_4M.fd", [], "virt-*"),
    "35-broken.json": "{",
    "40-absent.json": descriptor("ABSENT.fd"),
    "50-small.json": descriptor("CODE.fd"),
    "60-plain.json": descriptor("CODE_4M.fd"),
    README: "not looked at",
  });
  const at = (name: string) => join(root.path, "usr/share/qemu/firmware", name);
  expect(await findUefiFirmware([root.path])).toEqual({
    executable: join(root.path, "fw/CODE_4M.fd"),
    varsTemplate: join(root.path, "fw/VARS.fd"),
    format: "raw",
    description: "CODE_4M.fd firmware",
    skipped: [
      { descriptor: at("10-enrolled.json"), reason: "Secure Boot keys are enrolled" },
      { descriptor: at("20-smm.json"), reason: "it requires SMM" },
      { descriptor: at("30-arm.json"), reason: "it is not for x86_64 q35" },
      {
        descriptor: at("35-broken.json"),
        reason: "it is not a firmware descriptor with flash files",
      },
      {
        descriptor: at("40-absent.json"),
        reason: `${join(root.path, "fw/ABSENT.fd")} do not exist`,
      },
    ],
  });
});

test("Secure Boot takes firmware that guards its variables, with the keys that are asked for", async () => {
  await using root = await tempDir();
  const secure = ["secure-boot", "requires-smm"];
  await makeRoot(root.path, {
    "40-enrolled.json": descriptor("CODE_4M.fd", [...secure, "enrolled-keys"]),
    "50-unguarded.json": descriptor("CODE_4M.fd", ["secure-boot"]),
    "55-secure.json": descriptor("CODE.fd", secure),
    "60-plain.json": descriptor("CODE_4M.fd"),
  });
  const chosen = async (keys: "microsoft" | "snakeoil" | "own") => {
    const { executable, varsTemplate, skipped } = await findUefiFirmware([root.path], keys);
    return [executable, varsTemplate, ...skipped.map(({ reason }) => reason)];
  };
  const at = (name: string) => join(root.path, "fw", name);
  expect(await chosen("microsoft")).toEqual([
    at("CODE_4M.fd"),
    at("VARS.fd"),
    "it does not protect its variables by SMM",
    "no Secure Boot keys are enrolled",
    "it has no Secure Boot",
  ]);
  expect(await chosen("own")).toEqual([
    at("CODE.fd"),
    at("VARS.fd"),
    "Secure Boot keys are enrolled",
    "it does not protect its variables by SMM",
    "it has no Secure Boot",
  ]);
  await expect(chosen("snakeoil")).rejects.toThrow(
    `50-unguarded.json: it does not protect its variables by SMM; ${join(root.path, "usr/share/qemu/firmware/55-secure.json")}: ${at("VARS.snakeoil.fd")} do not exist`,
  );
  await writeFile(at("VARS.snakeoil.fd"), "");
  expect((await chosen("snakeoil")).slice(0, 2)).toEqual([at("CODE.fd"), at("VARS.snakeoil.fd")]);
});

test("the first root that has a fitting firmware serves", async () => {
  await using tree = await tempDir();
  await using host = await tempDir();
  await makeRoot(tree.path, { "60.json": descriptor("CODE_4M.fd") });
  await makeRoot(host.path, { "60.json": descriptor("CODE_4M.fd") });
  const { executable } = await findUefiFirmware([tree.path, host.path]);
  expect(executable).toBe(join(tree.path, "fw/CODE_4M.fd"));
});

test("no firmware at all is the host's lack, with a way out", async () => {
  await using root = await tempDir();
  await expect(findUefiFirmware([root.path])).rejects.toMatchObject({
    code: "HOST_TOOL_MISSING",
    hint: "Run ci/setup",
  });
});
