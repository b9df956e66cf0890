import { statSync } from "node:fs";
import type { FirmwareVariables } from "../../images/schema.ts";
import { type FirmwareKeys, findUefiFirmware } from "../../qemu/firmware.ts";
import { readVariableStore } from "../../qemu/variable-store.ts";
import { ConfigError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";

export interface ChosenFirmware {
  /** Flash image with the code; shared, never written. */
  readonly code: string;
  /** Variable store, to be copied for each machine. */
  readonly variables: string;
}

/**
 * The firmware for a UEFI machine, and the variable store that it starts with.
 * @throws {HostError} HOST_TOOL_MISSING when the host has no such firmware; {ConfigError} for a store of the user's that
 * this firmware cannot use, or that would leave Secure Boot off.
 */
export const chooseFirmware = async (
  roots: readonly string[],
  wanted: { readonly secureBoot: boolean; readonly variables: FirmwareVariables },
): Promise<ChosenFirmware> => {
  const { secureBoot, variables } = wanted;
  const { executable, varsTemplate } = await findUefiFirmware(
    roots,
    secureBoot ? keysOf(variables) : "plain",
  );
  if (variables.kind === "keys") return { code: executable, variables: varsTemplate };
  const { path } = variables;
  const unfit = misfit(path, { secureBoot, sizeBytes: statSync(varsTemplate).size });
  if (unfit !== undefined) {
    const { seen, hint } = unfit;
    throw new ConfigError(`Variable store ${printable(path)} (machine.firmwareVariables) ${seen}`, {
      hint,
      details: { path },
    });
  }
  return { code: executable, variables: variables.path };
};

/** Without keys it is the store to which a user would add some. */
const keysOf = (variables: FirmwareVariables): FirmwareKeys =>
  variables.kind === "file" || variables.keys === "none" ? "own" : variables.keys;

/** Why a store of the user's cannot serve. */
const misfit = (
  path: string,
  wanted: { readonly secureBoot: boolean; readonly sizeBytes: number },
): { readonly seen: string; readonly hint: string } | undefined => {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const hint = "Give the path of a raw variable store, relative to the manifest";
    return { seen: "is no file", hint };
  }
  const store = readVariableStore(path);
  if (store === undefined) {
    return {
      seen: "should be a raw variable store of OVMF, but has no such header",
      hint: "Copy the distribution's OVMF_VARS_4M.fd and enrol your keys in it, for example with virt-fw-vars",
    };
  }
  if (store.sizeBytes !== wanted.sizeBytes) {
    return {
      seen: `has ${store.sizeBytes} bytes, but this host's firmware has ${wanted.sizeBytes} for it`,
      hint: "Enrol your keys in a store of that size",
    };
  }
  if (!wanted.secureBoot || store.secureBoot === "enforced") return undefined;
  return store.secureBoot === "off"
    ? {
        seen: "has Secure Boot turned off",
        hint: "Set SecureBootEnable in it, or leave out secureBoot",
      }
    : {
        seen: "has no keys enrolled, so nothing would be verified",
        hint: "Enrol PK, KEK and db, for example with virt-fw-vars, or leave out secureBoot",
      };
};
