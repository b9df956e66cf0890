import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { manifestForBareFile } from "./bare-file.ts";
import { gptBytes, qcow2Bytes } from "./testing/image-bytes.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const resultOf = (name: string, bytes: Buffer) => {
  const path = join(dir.path, name);
  writeFileSync(path, bytes);
  const { manifest, notes } = manifestForBareFile(path);
  return { path, manifest, notes: notes.map((note) => note.replaceAll(dir.path, "DIR")) };
};

const esp = {
  typeGuid: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
  label: "esp",
  firstSector: 40,
  lastSector: 90,
};
const biosBoot = {
  typeGuid: "21686148-6449-6e6f-744e-656564454649",
  label: "bios",
  firstSector: 34,
  lastSector: 39,
};

describe("manifestForBareFile", () => {
  test("assumes as little as possible and says what", () => {
    const { path, manifest, notes } = resultOf("Debian_13 (x).qcow2", qcow2Bytes());
    expect(manifest).toEqual({
      schema: 1,
      name: "debian-13-x",
      title: "Debian_13 (x).qcow2",
      source: { kind: "file", path, format: "qcow2", allowBacking: [] },
      profile: "detect",
      machine: {
        memoryMiB: 1024,
        cpus: 2,
        boot: { kind: "firmware", firmware: "bios" },
        tpm: false,
        hasWatchdog: false,
        firmwareVariables: { kind: "keys", keys: "microsoft" },
      },
      systemDisk: { readOnly: false, rootPartition: "none" },
      disks: [],
      credentials: {},
      console: { device: "ttyS0" },
      agent: { injection: ["credentials"] },
      ready: { kind: "agent" },
      deadlines: { bootMs: { kvm: 120_000, tcg: 480_000 } },
      budgets: [],
    });
    expect(notes).toMatchInlineSnapshot(`
      [
        "DIR/Debian_13 (x).qcow2 has no manifest: qcow2 by its header, 320.0 KiB",
        "Firmware bios: the partition table inside a qcow2 file was not read",
        "The disk gets a writable overlay, the file is not written",
      ]
    `);
  });

  test.each([
    ["an ESP alone", gptBytes([esp]), "uefi"],
    ["an ESP and a BIOS boot partition", gptBytes([esp, biosBoot]), "bios"],
    ["an ESP and MBR boot code", gptBytes([esp], true), "bios"],
    ["MBR boot code alone", gptBytes([], true), "bios"],
  ])("%s boots by the right firmware", (_title, bytes, firmware) => {
    expect(resultOf("disk.img", bytes).manifest.machine.boot).toEqual({
      kind: "firmware",
      firmware,
      ...(firmware === "uefi" ? { secureBoot: false } : {}),
    });
  });

  test("refuses a disk that no firmware can boot", () => {
    expect(() => resultOf("empty.img", gptBytes([biosBoot]))).toThrow(/but found neither/);
    const xfs = Buffer.alloc(65_536);
    xfs.write("XFSB");
    expect(() => resultOf("root.xfs", xfs)).toThrow(/but found neither/);
  });

  test("refuses a file that QEMU would follow to another", () => {
    expect(() => resultOf("a.qcow2", qcow2Bytes({ backingFile: "/etc/shadow" }))).toThrow(
      /found "\/etc\/shadow"/,
    );
  });
});
