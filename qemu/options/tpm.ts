import { type Tpm, tpmSocketPath } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/**
 * A TPM 2.0 behind its Command Response Buffer interface, served by swtpm. Not tpm-tis: that one moves each byte through
 * a register of its own.
 */
export const tpmOptions = (tpm: Tpm | undefined): readonly string[] =>
  tpm === undefined
    ? []
    : [
        ...["-chardev", keyval("socket", ["id", "tpm"], ["path", tpmSocketPath(tpm)])],
        ...["-tpmdev", keyval("emulator", ["id", "tpm"], ["chardev", "tpm"])],
        ...["-device", keyval("tpm-crb", ["tpmdev", "tpm"])],
      ];
