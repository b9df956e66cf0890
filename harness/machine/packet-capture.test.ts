import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { readPacketCapture } from "./packet-capture.ts";

const guestMac = "52:54:00:12:34:56";
const guest = "525400123456";
const router = "525400123502";

const ethernet = (from: string, to: string, type: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from(to + from, "hex"), Buffer.from([type >> 8, type & 255]), payload]);

const ipv4 = (protocol: number, payload: Buffer, optionBytes = 0): Buffer => {
  const head = Buffer.alloc(20 + optionBytes);
  head[0] = 0x40 | (head.length / 4);
  head[9] = protocol;
  return Buffer.concat([head, payload]);
};

const tcp = (from: number, to: number, flags: number): Buffer => {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head[13] = flags;
  return head;
};

const capture = (...packets: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.alloc(24),
    ...packets.flatMap((packet) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(packet.length, 8);
      head.writeUInt32LE(packet.length, 12);
      return [head, packet];
    }),
  ]);

test("a knock and its refusal are told apart from other packets, and half a packet at the end is left out", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "network.pcap");
  const bytes = capture(
    ethernet(guest, "ffffffffffff", 0x0806, Buffer.alloc(28)),
    ethernet(router, guest, 0x0800, ipv4(6, tcp(40_000, 22, 0x02))),
    ethernet(guest, router, 0x0800, ipv4(6, tcp(22, 40_000, 0x14), 4)),
    ethernet(guest, router, 0x0800, ipv4(17, Buffer.alloc(20))),
    ethernet(guest, router, 0x0800, ipv4(6, tcp(2222, 40_001, 0x12))),
    ethernet(guest, router, 0x0800, ipv4(6, Buffer.alloc(4))),
  );
  writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(20, 0xff)]));
  const segment = { isFromGuest: true, isSyn: false, isAck: true, isReset: false };
  expect(readPacketCapture(path, guestMac)).toEqual({
    packets: 6,
    segments: [
      { isFromGuest: false, guestPort: 22, isSyn: true, isAck: false, isReset: false },
      { ...segment, guestPort: 22, isReset: true },
      { ...segment, guestPort: 2222, isSyn: true },
    ],
    isTruncated: false,
  });
});

test("a capture in which no packet has come yet is empty", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "network.pcap");
  writeFileSync(path, "");
  expect(readPacketCapture(path, guestMac)).toEqual({
    packets: 0,
    segments: [],
    isTruncated: false,
  });
});
