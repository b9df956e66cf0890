import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { MiB } from "../harness/core/units.ts";

/** A UEFI variable store, as far as Secure Boot goes. */
export interface VariableStore {
  readonly sizeBytes: number;
  /**
   * What firmware that starts with this store does about signatures: `enforced`; `off`, though keys are enrolled; or
   * `no-keys`, which UEFI calls setup mode.
   */
  readonly secureBoot: "enforced" | "off" | "no-keys";
  /** Who is in `db`, whose signatures are accepted: names of certificates, and how many plain hashes. */
  readonly trusts: readonly string[];
}

// Layouts: edk2 MdePkg/Include/Pi/PiFirmwareVolume.h, MdeModulePkg/Include/Guid/VariableFormat.h (authenticated
// variables), MdePkg/Include/Guid/ImageAuthentication.h (signature lists). All numbers are little-endian.
const volume = { signatureAt: 0x28, headerLengthAt: 0x30, leastBytes: 0x48 } as const;
const storeHeaderBytes = 28;
const authenticatedStore = "782cf3aa7b949a43a1802e144ec37792";
const variable = { headerBytes: 60, startId: 0x55aa, added: 0x3f } as const;
const listHeaderBytes = 28;
const ownerBytes = 16;
const certificateList = "a159c0a5e494a74a87b5ab155c2bf072";
/** The vendors of the variables that are looked at, each the only one who may set them. */
const vendors = {
  PK: "61dfe48bca93d211aa0d00e098032b8c",
  db: "cbb219d73a3d9645a3bcdad00e67656f",
  SecureBootEnable: "c70ba3f008af564599c4001009c93a44",
} as const;
/** Flash of OVMF's variable stores is 128 or 528 KiB. */
const mostBytes = 16 * MiB;

/**
 * Reads a raw variable store of OVMF. Undefined when the file is none.
 * @throws the system's error when it cannot be read.
 */
export const readVariableStore = (path: string): VariableStore | undefined => {
  const { size } = statSync(path);
  if (size < volume.leastBytes || size > mostBytes) return undefined;
  const set = variablesOf(readFileSync(path));
  if (set === undefined) return undefined;
  const contentOf = (wanted: keyof typeof vendors): Buffer | undefined =>
    set.find(({ name, vendor }) => name === wanted && vendor === vendors[wanted])?.data;
  const trusts = signers(contentOf("db") ?? Buffer.alloc(0));
  const hasKeys = contentOf("PK") !== undefined && trusts.length > 0;
  const secureBoot = hasKeys ? "enforced" : "no-keys";
  // Absent, the firmware makes it with the value 1 (edk2 AuthVariableLib.c).
  const isOff = hasKeys && contentOf("SecureBootEnable")?.[0] === 0;
  return { sizeBytes: size, secureBoot: isOff ? "off" : secureBoot, trusts };
};

interface Variable {
  readonly name: string;
  readonly vendor: string;
  readonly data: Buffer;
}

const variablesOf = (bytes: Buffer): readonly Variable[] | undefined => {
  if (bytes.toString("latin1", volume.signatureAt, volume.signatureAt + 4) !== "_FVH") return;
  const storeAt = bytes.readUInt16LE(volume.headerLengthAt);
  if (storeAt + storeHeaderBytes > bytes.length) return;
  if (bytes.toString("hex", storeAt, storeAt + 16) !== authenticatedStore) return;
  const end = Math.min(bytes.length, storeAt + bytes.readUInt32LE(storeAt + 16));
  const found: Variable[] = [];
  for (let at = storeAt + storeHeaderBytes; at + variable.headerBytes <= end; ) {
    if (bytes.readUInt16LE(at) !== variable.startId) break;
    const nameAt = at + variable.headerBytes;
    const dataAt = nameAt + bytes.readUInt32LE(at + 36);
    const dataEnd = dataAt + bytes.readUInt32LE(at + 40);
    if (dataEnd > end) break;
    if (bytes[at + 2] === variable.added) {
      const name = bytes.toString("utf16le", nameAt, dataAt).replace(/\0+$/, "");
      const vendor = bytes.toString("hex", at + 44, at + 60);
      found.push({ name, vendor, data: bytes.subarray(dataAt, dataEnd) });
    }
    at = (dataEnd + 3) & ~3;
  }
  return found;
};

/** Of a row of EFI_SIGNATURE_LISTs. */
const signers = (data: Buffer): readonly string[] => {
  const found: string[] = [];
  let hashes = 0;
  for (let at = 0; at + listHeaderBytes <= data.length; ) {
    const listEnd = at + data.readUInt32LE(at + 16);
    const entryBytes = data.readUInt32LE(at + 24);
    if (listEnd > data.length || listEnd <= at || entryBytes <= ownerBytes) break;
    const isCertificate = data.toString("hex", at, at + 16) === certificateList;
    let entry = at + listHeaderBytes + data.readUInt32LE(at + 20);
    for (; entry + entryBytes <= listEnd; entry += entryBytes) {
      const value = data.subarray(entry + ownerBytes, entry + entryBytes);
      if (isCertificate) found.push(subjectOf(value));
      else hashes += 1;
    }
    at = listEnd;
  }
  return hashes === 0 ? found : [...found, `${hashes} plain hashes`];
};

const subjectOf = (der: Buffer): string => {
  try {
    const { subject } = new X509Certificate(der);
    return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.split("\n").join(", ");
  } catch {
    return "an unreadable certificate";
  }
};
