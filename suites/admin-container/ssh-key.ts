import { generateKeyPairSync } from "node:crypto";

/** A key pair for logins over SSH. */
export interface SshKey {
  /** As a line of authorized_keys. */
  readonly publicLine: string;
  /** As dropbear's client reads it: type, then seed and public half as one string (its ed25519.c). */
  readonly dropbearFile: Buffer;
}

const keyType = "ssh-ed25519";

export const makeSshKey = (): SshKey => {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const seed = Buffer.from(d, "base64url");
  const publicHalf = Buffer.from(x, "base64url");
  const wire = Buffer.concat([sshString(keyType), sshString(publicHalf)]);
  return {
    publicLine: `${keyType} ${wire.toString("base64")} bootwright`,
    dropbearFile: Buffer.concat([sshString(keyType), sshString(Buffer.concat([seed, publicHalf]))]),
  };
};

/** A string of RFC 4251: its length in four bytes first. */
const sshString = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
