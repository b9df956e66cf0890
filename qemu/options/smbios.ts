import type { Credential } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/**
 * Credentials as SMBIOS type 11 strings (systemd.system-credentials(7), "io.systemd.credential.binary:").
 * `value=` and not `path=`: the argv alone then repeats the boot. `validate.ts` keeps the sum within SMBIOS' 64 KiB.
 */
export const credentialOptions = (credentials: readonly Credential[]): readonly string[] =>
  credentials.flatMap((credential) => [
    "-smbios",
    keyval(undefined, ["type", 11], ["value", credentialString(credential)]),
  ]);

/** The SMBIOS string itself. */
export const credentialString = ({ name, value }: Credential): string =>
  `io.systemd.credential.binary:${name}=${bytesOf(value).toString("base64")}`;

const bytesOf = (value: Credential["value"]): Buffer =>
  typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
