import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { inOrder } from "./in-order-disk.ts";

test("a raw disk gets a descriptor, which names its own files by their names and others by their paths", async () => {
  await using directory = await tempDir();
  const path = join(directory.path, "data-0.raw");
  writeFileSync(path, Buffer.alloc(1024));
  const disk = { id: "data0", serial: "data", path, format: "raw", readOnly: false } as const;
  const own = inOrder(disk, directory.path);
  const other = inOrder(disk, "/elsewhere");
  expect([own.disk, own.descriptor?.name, lastLine(own.descriptor?.text)]).toEqual([
    { ...disk, descriptorPath: join(directory.path, "data0.vmdk") },
    "data0.vmdk",
    'RW 2 FLAT "data-0.raw" 0',
  ]);
  expect(lastLine(other.descriptor?.text)).toBe(`RW 2 FLAT "${path}" 0`);
});

test("what no descriptor can say stays as it is", () => {
  const disk = { id: "data0", serial: "data", format: "raw", readOnly: false } as const;
  const quoted = { ...disk, path: '/a"b.raw' };
  const qcow2 = { ...disk, path: "/a.qcow2", format: "qcow2" } as const;
  expect([inOrder(quoted, "/"), inOrder(qcow2, "/")]).toEqual([{ disk: quoted }, { disk: qcow2 }]);
});

const lastLine = (text = ""): string | undefined => text.trimEnd().split("\n").at(-1);
