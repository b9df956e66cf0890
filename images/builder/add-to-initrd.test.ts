import { expect, test } from "vitest";
import { addToInitrd } from "./add-to-initrd.ts";
import { cpioArchive } from "./cpio.ts";
import type { Ext4Edit } from "./ext4-edit.ts";

test("the file comes last, after its directories, in an archive that begins at a multiple of four", async () => {
  const written: unknown[] = [];
  const never = () => Promise.reject(new Error("not expected"));
  const files: Ext4Edit = {
    read: never,
    readBytes: () => Promise.resolve(Buffer.from("first")),
    write: (path, content, mode) => Promise.resolve(void written.push({ path, content, mode })),
    setMode: never,
    setAttribute: never,
    remove: never,
    symlink: never,
    list: never,
    makeImmutable: never,
  };
  await addToInitrd(
    { files, path: "/boot/initrd.img" },
    { path: "/usr/lib/a", mode: 0o755, content: Buffer.from("sleep 1\n") },
  );
  const archive = cpioArchive([
    { name: "usr", mode: 0o040755, data: Buffer.from("") },
    { name: "usr/lib", mode: 0o040755, data: Buffer.from("") },
    { name: "usr/lib/a", mode: 0o100755, data: Buffer.from("sleep 1\n") },
  ]);
  expect(written).toEqual([
    {
      path: "/boot/initrd.img",
      content: Buffer.concat([Buffer.from("first\0\0\0"), archive]),
      mode: 0o644,
    },
  ]);
});
