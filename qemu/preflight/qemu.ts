import { renderError } from "../../harness/core/errors.ts";
import { findUefiFirmware } from "../firmware.ts";
import { resolveToolchain, type Toolchain } from "../toolchain.ts";
import type { PreflightCheck, PreflightResult } from "./check.ts";

/** Emulation of this version on was measured to be sound; see `tcgCpuModel`. */
const soundMajor = 10;

export const qemuCheck: PreflightCheck = {
  id: "qemu",
  title: `QEMU ${soundMajor} or later`,
  run: async () =>
    await withToolchain(async ({ qemuSystem, kind, root }) => {
      const seen = `${qemuSystem.version.text} (${kind === "tree" ? `tools tree ${root}` : "the host's"})`;
      return qemuSystem.version.major >= soundMajor
        ? { state: "ok", seen }
        : {
            state: "warn",
            seen,
            remedy: "Run ci/setup: emulation by an older QEMU crashes guests now and then",
          };
    }),
};

export const qemuImgCheck: PreflightCheck = {
  id: "qemu-img",
  title: "qemu-img",
  run: async () =>
    await withToolchain(async ({ qemuImg }) => ({ state: "ok", seen: qemuImg.version.text })),
};

export const uefiFirmwareCheck: PreflightCheck = {
  id: "uefi-firmware",
  title: "UEFI firmware (OVMF)",
  run: async () =>
    await withToolchain(async ({ firmwareRoots }) => {
      const { executable } = await findUefiFirmware(firmwareRoots);
      return { state: "ok", seen: executable };
    }),
};

const withToolchain = async (
  look: (toolchain: Toolchain) => Promise<PreflightResult>,
): Promise<PreflightResult> => {
  try {
    return await look(await resolveToolchain());
  } catch (error) {
    return { state: "fail", seen: renderError(error), remedy: "Run ci/setup" };
  }
};
