import { renderError } from "../../harness/core/errors.ts";
import { printable } from "../../harness/core/printable.ts";
import { findUefiFirmware } from "../firmware.ts";
import { swtpmVersion } from "../swtpm-process.ts";
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

/** Warns only: machines without Secure Boot need none. */
export const secureBootFirmwareCheck: PreflightCheck = {
  id: "secure-boot-firmware",
  title: "UEFI firmware with Secure Boot",
  run: async () => {
    const sets = ["microsoft", "snakeoil"] as const;
    const looked = await Promise.all(
      sets.map((keys) =>
        withToolchain(async ({ firmwareRoots }) => {
          const { varsTemplate } = await findUefiFirmware(firmwareRoots, keys);
          return { state: "ok", seen: varsTemplate };
        }),
      ),
    );
    const missing = sets.filter((_, index) => looked[index]?.state !== "ok");
    return missing.length === 0
      ? { state: "ok", seen: looked.map(({ seen }) => seen).join(", ") }
      : {
          state: "warn",
          seen: `no keys ${missing.join(", ")}`,
          remedy: "Run ci/setup, or machines with Secure Boot need a store of your own",
        };
  },
};

/** Warns only: machines without a TPM need none. */
export const swtpmCheck: PreflightCheck = {
  id: "swtpm",
  title: "TPM emulator (swtpm)",
  run: async () => {
    try {
      return { state: "ok", seen: printable(await swtpmVersion(), 60) };
    } catch {
      return {
        state: "warn",
        seen: "not found",
        remedy: "Run ci/setup, or machines with a TPM cannot be started",
      };
    }
  },
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
