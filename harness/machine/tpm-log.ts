import { createHash } from "node:crypto";

/** What the log of a TPM 2.0's firmware says of one register, by SHA-256. */
export interface RegisterLog {
  /** What the register holds if all that was put into it is in the log; upper-case hex digits, as sysfs has them. */
  readonly value: string;
  /** How many events were put into it. */
  readonly events: number;
  /** The UEFI variables among them, by name; each value as hex digits. */
  readonly variables: Readonly<Record<string, string>>;
}

// TCG PC Client Platform Firmware Profile 1.05, chapter 10; numbers are little-endian.
const headerBytes = 32;
const signature = "Spec ID Event03\0";
const noAction = 3;
const variableEvent = 0x8000_0001;
const sha256 = 0x000b;
const digestBytes = 32;
const mostEvents = 10_000;

/** Reads a log that the guest gave (`binary_bios_measurements`). Undefined when it is none, or is cut off. */
export const readTpmLog = (log: Uint8Array, register: number): RegisterLog | undefined => {
  try {
    return replay(Buffer.from(log), register);
  } catch (error) {
    // Whatever leads out of the buffer.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const replay = (log: Buffer, register: number): RegisterLog | undefined => {
  if (log.toString("latin1", headerBytes, headerBytes + signature.length) !== signature) return;
  const sizes = digestSizes(log);
  if (sizes.get(sha256) !== digestBytes) return undefined;
  let value = Buffer.alloc(digestBytes);
  let events = 0;
  const variables: Record<string, string> = {};
  let at = headerBytes + log.readUInt32LE(headerBytes - 4);
  for (let count = 0; at < log.length && count < mostEvents; count += 1) {
    const event = eventAt(log, at, sizes);
    if (event === undefined) return undefined;
    at = event.end;
    if (event.register !== register || event.type === noAction) continue;
    value = createHash("sha256").update(value).update(event.digest).digest();
    events += 1;
    if (event.type === variableEvent) Object.assign(variables, variableOf(event.data));
  }
  return { value: value.toString("hex").toUpperCase(), events, variables };
};

/** By the number of the algorithm. */
const digestSizes = (log: Buffer): ReadonlyMap<number, number> => {
  const countAt = headerBytes + signature.length + 8;
  const sizes = new Map<number, number>();
  for (let index = 0; index < Math.min(16, log.readUInt32LE(countAt)); index += 1) {
    const at = countAt + 4 + index * 4;
    sizes.set(log.readUInt16LE(at), log.readUInt16LE(at + 2));
  }
  return sizes;
};

interface LoggedEvent {
  readonly register: number;
  readonly type: number;
  readonly digest: Buffer;
  readonly data: Buffer;
  readonly end: number;
}

const eventAt = (
  log: Buffer,
  start: number,
  sizes: ReadonlyMap<number, number>,
): LoggedEvent | undefined => {
  const digests = log.readUInt32LE(start + 8);
  let digest: Buffer | undefined;
  let at = start + 12;
  for (let index = 0; index < digests; index += 1) {
    const algorithm = log.readUInt16LE(at);
    const size = sizes.get(algorithm);
    if (size === undefined) return undefined;
    if (algorithm === sha256) digest = log.subarray(at + 2, at + 2 + size);
    at += 2 + size;
  }
  const dataAt = at + 4;
  const end = dataAt + log.readUInt32LE(at);
  if (digest === undefined || end > log.length) return undefined;
  const register = log.readUInt32LE(start);
  const type = log.readUInt32LE(start + 4);
  return { register, type, digest, data: log.subarray(dataAt, end), end };
};

/** UEFI_VARIABLE_DATA: vendor, length of the name in characters, length of the value, name, value. */
const variableOf = (data: Buffer): Readonly<Record<string, string>> => {
  const nameBytes = data.readUInt32LE(16) * 2;
  const valueAt = 32 + nameBytes;
  const name = data.toString("utf16le", 32, valueAt);
  if (!/^\w{1,64}$/.test(name)) return {};
  return { [name]: data.toString("hex", valueAt, valueAt + Math.min(64, data.readUInt32LE(24))) };
};
