import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { kernelBuildId } from "./kernel-build-id.ts";
import { makeElf } from "./testing/elf-bytes.ts";

const buildId = "3bde3ce03156c39bec3310fbdd6bd14bfbefb62e";
const vmlinux = makeElf({ type: 2, buildId });

/** A kernel image with one setup sector and the payload right behind it. */
const kernelImage = (compressed: Buffer): Buffer => {
  const head = Buffer.alloc(1024);
  head[0x1f1] = 1;
  head.writeUInt16LE(0xaa_55, 0x1fe);
  head.write("HdrS", 0x202, "latin1");
  head.writeUInt32LE(compressed.length + 4, 0x24c);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(vmlinux.length);
  return Buffer.concat([head, compressed, size, Buffer.alloc(64, 0xff)]);
};

test("the build id is that of the compressed kernel, whichever way it is compressed", () => {
  const known = { kind: "known", buildId };
  expect(kernelBuildId(kernelImage(zstdCompressSync(vmlinux)))).toEqual(known);
  expect(kernelBuildId(kernelImage(gzipSync(vmlinux)))).toEqual(known);
});

test("what is no kernel, is damaged, or cannot be read says so", () => {
  const damaged = zstdCompressSync(vmlinux).subarray(0, 20);
  const seen = [
    Buffer.from("not a kernel"),
    Buffer.alloc(1024),
    kernelImage(damaged),
    kernelImage(gzipSync("no ELF file")),
    kernelImage(Buffer.from("fd377a585a00", "hex")),
  ].map((image) => {
    const { kind, ...rest } = kernelBuildId(image);
    return [kind, "reason" in rest ? rest.reason.replace(/: .*/, "") : ""];
  });
  expect(seen).toEqual([
    ["none", "it is no kernel image for x86"],
    ["none", "it is no kernel image for x86"],
    ["none", "its content cannot be decompressed"],
    ["none", "what it contains has no build id"],
    ["unreadable", "its content begins with fd377a585a00, neither gzip nor zstd"],
  ]);
});
