// The capture file of QEMU's filter-dump: pcap (https://www.tcpdump.org/manpages/pcap-savefile.5.html), Ethernet, in the
// host's byte order. The packets are the guest's, so nothing in them is trusted.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { MiB } from "../core/units.ts";

/** A TCP segment between the guest and the network's other end. */
export interface TcpSegment {
  readonly isFromGuest: boolean;
  readonly guestPort: number;
  readonly isSyn: boolean;
  readonly isAck: boolean;
  readonly isReset: boolean;
}

export interface PacketCapture {
  readonly packets: number;
  readonly segments: readonly TcpSegment[];
  /** More was captured than is read. */
  readonly isTruncated: boolean;
}

const maxBytes = 64 * MiB;
const fileHeaderBytes = 24;
const packetHeaderBytes = 16;

/** Reads the TCP segments of a capture that may still grow. */
export const readPacketCapture = (path: string, guestMac: string): PacketCapture => {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, maxBytes));
    const length = readSync(file, bytes, 0, bytes.length, 0);
    const parsed = parsePackets(bytes.subarray(0, length), guestMac);
    return { ...parsed, isTruncated: size > maxBytes };
  } finally {
    closeSync(file);
  }
};

const parsePackets = (bytes: Buffer, guestMac: string): Omit<PacketCapture, "isTruncated"> => {
  const segments: TcpSegment[] = [];
  let packets = 0;
  for (let at = fileHeaderBytes; at + packetHeaderBytes <= bytes.length; ) {
    const start = at + packetHeaderBytes;
    const end = start + bytes.readUInt32LE(at + 8);
    // The last one may be half written.
    if (end > bytes.length) break;
    packets += 1;
    const segment = parseSegment(bytes.subarray(start, end), guestMac);
    if (segment !== undefined) segments.push(segment);
    at = end;
  }
  return { packets, segments };
};

const parseSegment = (packet: Buffer, guestMac: string): TcpSegment | undefined => {
  const isIpv4 = packet.length >= 34 && packet.readUInt16BE(12) === 0x0800;
  if (!isIpv4 || packet[14 + 9] !== 6) return undefined;
  const tcp = 14 + ((packet[14] ?? 0) & 0x0f) * 4;
  if (packet.length < tcp + 14) return undefined;
  const source = packet.toString("hex", 6, 12);
  const isFromGuest = source === guestMac.replaceAll(":", "");
  const flags = packet[tcp + 13] ?? 0;
  return {
    isFromGuest,
    guestPort: packet.readUInt16BE(isFromGuest ? tcp : tcp + 2),
    isSyn: (flags & 0x02) !== 0,
    isReset: (flags & 0x04) !== 0,
    isAck: (flags & 0x10) !== 0,
  };
};
