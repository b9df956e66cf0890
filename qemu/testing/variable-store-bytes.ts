/** `openssl req -x509 -newkey ec … -subj "/CN=Test release key"`, DER; its private key was thrown away. */
const testCertificate = Buffer.from(
  `MIIBjjCCATOgAwIBAgIUOxe+/AEllMQkryDM936PY7JRmsUwCgYIKoZIzj0EAwIwGzEZMBcGA1UEAwwQVGVzdCByZWxlYXNlIGtl
eTAgFw0yNjExMjIxMDM3NDhaGA8yMDgxMDgyNTEwMzc0OFowGzEZMBcGA1UEAwwQVGVzdCByZWxlYXNlIGtleTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABESbc6TpEvRGUn8wVgjFpDzWjqysrro+r3n23ys0PpBixuYbvLn6BQL5cwIZoYbP8RGKMkciTpCUrMam
94PpQSCjUzBRMB0GA1UdDgQWBBTrO8tPIccWDvbQR55oMXFKPKgaWDAfBgNVHSMEGDAWgBTrO8tPIccWDvbQR55oMXFKPKgaWDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDdn0xuaYm5eLn2JCWAJdagv+VQ5oD9wRpHZxSXIpOYcwIhAOE1kC/2
QqY91jH0e769imViIWRIlx9Ri/7xJl+zX/yT`,
  "base64",
);

export const vendorGuids = {
  global: "61dfe48bca93d211aa0d00e098032b8c",
  database: "cbb219d73a3d9645a3bcdad00e67656f",
  secureBootEnable: "c70ba3f008af564599c4001009c93a44",
} as const;

export interface StoredVariable {
  readonly name: string;
  readonly vendor: string;
  readonly data: Buffer;
  /** Default 0x3f: set. 0x3d is on its way out, 0x3c deleted. */
  readonly state?: number;
}

const x509List = "a159c0a5e494a74a87b5ab155c2bf072";
const sha256List = "2616c4c14c509240aca941f936934328";

/** One EFI_SIGNATURE_LIST with one entry. */
const signatureList = (type: string, value: Buffer): Buffer => {
  const head = Buffer.alloc(28);
  head.write(type, 0, "hex");
  head.writeUInt32LE(28 + 16 + value.length, 16);
  head.writeUInt32LE(16 + value.length, 24);
  return Buffer.concat([head, Buffer.alloc(16), value]);
};

/** A variable store as OVMF lays it out, filled up to `sizeBytes`. */
export const variableStoreBytes = (
  variables: readonly StoredVariable[],
  sizeBytes = 4096,
): Buffer => {
  const bytes = Buffer.alloc(sizeBytes, 0xff);
  bytes.write("_FVH", 0x28, "latin1");
  bytes.writeUInt16LE(0x48, 0x30);
  bytes.write("782cf3aa7b949a43a1802e144ec37792", 0x48, "hex");
  bytes.writeUInt32LE(sizeBytes - 0x48, 0x58);
  let at = 0x64;
  for (const { name, vendor, data, state = 0x3f } of variables) {
    const nameBytes = Buffer.from(`${name}\0`, "utf16le");
    bytes.fill(0, at, at + 60);
    bytes.writeUInt16LE(0x55aa, at);
    bytes.writeUInt8(state, at + 2);
    bytes.writeUInt32LE(nameBytes.length, at + 36);
    bytes.writeUInt32LE(data.length, at + 40);
    bytes.write(vendor, at + 44, "hex");
    nameBytes.copy(bytes, at + 60);
    data.copy(bytes, at + 60 + nameBytes.length);
    at = (at + 60 + nameBytes.length + data.length + 3) & ~3;
  }
  return bytes;
};

/** Keys of one release manager, enrolled as Secure Boot wants them. */
export const enrolledKeys: readonly StoredVariable[] = [
  { name: "PK", vendor: vendorGuids.global, data: signatureList(x509List, testCertificate) },
  {
    name: "db",
    vendor: vendorGuids.database,
    data: Buffer.concat([
      signatureList(x509List, testCertificate),
      signatureList(sha256List, Buffer.alloc(32)),
    ]),
  },
];
