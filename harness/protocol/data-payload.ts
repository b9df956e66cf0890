/** Streams of one request. `input` runs to the guest (stdin, file content), the others to the host. */
export const streams = { input: 0, output: 1, errors: 2 } as const;

export type StreamNumber = (typeof streams)[keyof typeof streams];

export interface DataPayload {
  readonly request: number;
  readonly stream: StreamNumber;
  readonly isEnd: boolean;
  readonly bytes: Buffer;
}

/** Bytes of a data payload before the content. */
export const dataHeaderBytes = 6;

export const encodeData = (data: DataPayload): Buffer => {
  const header = Buffer.alloc(dataHeaderBytes);
  header.writeUInt32LE(data.request, 0);
  header[4] = data.stream;
  header[5] = data.isEnd ? 1 : 0;
  return data.bytes.length === 0 ? header : Buffer.concat([header, data.bytes]);
};

/** undefined when the payload is not one that this version writes. */
export const parseData = (payload: Buffer): DataPayload | undefined => {
  if (payload.length < dataHeaderBytes) return undefined;
  const stream = streamNumber(payload[4]);
  const flags = payload[5] ?? 0;
  if (stream === undefined || flags > 1) return undefined;
  return {
    request: payload.readUInt32LE(0),
    stream,
    isEnd: flags === 1,
    bytes: payload.subarray(dataHeaderBytes),
  };
};

export interface CreditPayload {
  readonly request: number;
  readonly stream: StreamNumber;
  /** Further bytes that may be sent. */
  readonly bytes: number;
}

export const encodeCredit = (credit: CreditPayload): Buffer => {
  const payload = Buffer.alloc(9);
  payload.writeUInt32LE(credit.request, 0);
  payload[4] = credit.stream;
  payload.writeUInt32LE(credit.bytes, 5);
  return payload;
};

export const parseCredit = (payload: Buffer): CreditPayload | undefined => {
  const stream = streamNumber(payload[4]);
  if (payload.length !== 9 || stream === undefined) return undefined;
  return { request: payload.readUInt32LE(0), stream, bytes: payload.readUInt32LE(5) };
};

const streamNumber = (byte: number | undefined): StreamNumber | undefined =>
  byte === 0 || byte === 1 || byte === 2 ? byte : undefined;
