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
