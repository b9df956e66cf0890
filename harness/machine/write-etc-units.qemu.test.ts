import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain, type Toolchain } from "../../qemu/toolchain.ts";
import { type EtcPlace, etcUnitEntries } from "../agent/injection/etc-unit.ts";
import { exec } from "../core/exec.ts";
import { sha256OfFile } from "../core/sha256.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { MiB } from "../core/units.ts";
import { writeEtcUnits } from "./write-etc-units.ts";

let dir: TempDir;
let toolchain: Toolchain;
beforeAll(async () => {
  // A space in the path, as in a user's home.
  dir = await tempDir("bw test");
  toolchain = await resolveToolchain();
});
afterAll(() => dir[Symbol.asyncDispose]());

const entries = etcUnitEntries("port");
const unit = "systemd/system/bootwright-agent.service";
const serviceText = entries.find(({ path }) => path === unit);

const newDirectory = (name: string): string => {
  const directory = join(dir.path, name);
  mkdirSync(directory);
  return directory;
};

const debugfs = async (image: string, command: string): Promise<string> =>
  (await exec(toolPath("debugfs"), ["-R", command, image])).stdout;

describe("a blank data disk", () => {
  test("gets a file system with the units, owned by root and sound", async () => {
    const directory = newDirectory("disk");
    const place = { kind: "disk", serial: "meta", directory: "/etc" } as const;
    await writeEtcUnits({ place, sizeBytes: 16 * MiB }, entries, {
      directory,
      qemuImg: toolchain.qemuImg,
    });
    const layer = join(directory, "etc-layer.raw");
    expect(statSync(layer).size).toBe(16 * MiB);
    const told = await debugfs(layer, `stat /etc/${unit}`);
    expect(told).toMatch(/Type: regular +Mode: +0644 .*\nUser: +0 +Group: +0 /s);
    expect(await debugfs(layer, `cat /etc/${unit}`)).toBe(
      serviceText?.kind === "file" ? serviceText.text.trimEnd() : "",
    );
    const link = "/etc/systemd/system/multi-user.target.wants/bootwright-agent.service";
    expect(await debugfs(layer, `stat ${link}`)).toContain(
      'Fast link dest: "../bootwright-agent.service"',
    );
    await exec(toolPath("e2fsck"), ["-f", "-n", layer]);
  });
});

describe("a partition of an image", () => {
  const startByte = 2 * MiB;
  const sizeBytes = 16 * MiB;
  const diskBytes = startByte + sizeBytes + MiB;

  /** A raw disk with a file system at 2 MiB; what lies around it is not zero. */
  const diskWith = async (name: string, ...debugfsCommands: string[]): Promise<string> => {
    const path = join(dir.path, name);
    writeFileSync(path, Buffer.alloc(startByte, 7));
    truncateSync(path, diskBytes);
    await exec(toolPath("mke2fs"), [
      ...["-q", "-F", "-t", "ext4", "-E", `offset=${startByte}`, path, `${sizeBytes / 1024}k`],
    ]);
    const script = `${path}.debugfs`;
    writeFileSync(script, `${debugfsCommands.join("\n")}\n`);
    await exec(toolPath("debugfs"), ["-w", "-f", script, `${path}?offset=${startByte}`]);
    return path;
  };

  const placeIn = (directory: string): Extract<EtcPlace, { kind: "partition" }> => ({
    kind: "partition",
    index: 5,
    label: "",
    startByte,
    sizeBytes,
    directory,
  });

  const inject = async (path: string, name: string, directoryInIt = "/upper"): Promise<string> => {
    const directory = newDirectory(name);
    const qemuImg = new QemuImg(toolchain.qemuImg);
    const image = { path, format: "raw" } as const;
    const overlay = { path: join(directory, "system.qcow2"), format: "qcow2" } as const;
    await qemuImg.createOverlay(image, overlay.path);
    await writeEtcUnits({ place: placeIn(directoryInIt), image, overlay }, entries, {
      directory,
      qemuImg: toolchain.qemuImg,
    });
    return overlay.path;
  };

  const sliceOf = async (overlay: string, offsetBytes: number, lengthBytes: number) => {
    const path = `${overlay}.${offsetBytes}`;
    const qemuImg = new QemuImg(toolchain.qemuImg);
    await qemuImg.extractSlice(
      { path: overlay, format: "qcow2" },
      { offsetBytes, lengthBytes },
      path,
    );
    return path;
  };

  test("is written in the overlay alone; the image and all around it stay as they are", async () => {
    const disk = await diskWith("a.raw", "mkdir /upper", "mkdir /upper/systemd", "mkdir /work");
    const before = await sha256OfFile(disk);
    const overlay = await inject(disk, "partition");
    expect(await sha256OfFile(disk)).toBe(before);
    const layer = await sliceOf(overlay, startByte, sizeBytes);
    expect(await debugfs(layer, `cat /upper/${unit}`)).toContain("ExecStart=/run/bootwright/");
    expect(await debugfs(layer, "ls -p /")).toContain("/work/");
    const around = [
      [0, startByte],
      [startByte + sizeBytes, MiB],
    ] as const;
    for (const [offset, length] of around) {
      const raw = `${disk}.${offset}`;
      const qemuImg = new QemuImg(toolchain.qemuImg);
      const range = { offsetBytes: offset, lengthBytes: length };
      await qemuImg.extractSlice({ path: disk, format: "raw" }, range, raw);
      expect(await sha256OfFile(await sliceOf(overlay, offset, length))).toBe(
        await sha256OfFile(raw),
      );
    }
    expect(readdirSync(join(dir.path, "partition"))).not.toContain("etc-layer.raw");
  });

  test("in a qcow2 file is written as well, and the file stays as it is", async () => {
    const raw = await diskWith("b.raw", "mkdir /upper");
    const image = { path: join(dir.path, "b.qcow2"), format: "qcow2" } as const;
    await exec(toolchain.qemuImg.file, [
      ...toolchain.qemuImg.prefixArgs,
      ...["convert", "-f", "raw", "-O", "qcow2", "-c", raw, image.path],
    ]);
    const before = await sha256OfFile(image.path);
    const directory = newDirectory("qcow2");
    const overlay = { path: join(directory, "system.qcow2"), format: "qcow2" } as const;
    await new QemuImg(toolchain.qemuImg).createOverlay(image, overlay.path);
    const target = { place: placeIn("/upper"), image, overlay };
    await writeEtcUnits(target, entries, { directory, qemuImg: toolchain.qemuImg });
    expect(await sha256OfFile(image.path)).toBe(before);
    const layer = await sliceOf(overlay.path, startByte, sizeBytes);
    expect(await debugfs(layer, `cat /upper/${unit}`)).toContain("ExecStart=/run/bootwright/");
  });

  test("that has no ext file system is refused, in e2fsck's words", async () => {
    const path = join(dir.path, "none.raw");
    writeFileSync(path, Buffer.alloc(diskBytes, 9));
    await expect(inject(path, "none")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(
        /^Expected partition 5 of the system disk to be ext2, ext3 or ext4 and to take units in \/upper, but .*e2fsck ended with exit code 8/,
      ),
      hint: expect.stringContaining("agent.etcLayer"),
    });
  });

  test("whose directory is a link, or a file, is refused: a link could lead anywhere", async () => {
    const linked = await diskWith(
      "link.raw",
      "mkdir /upper",
      "mkdir /x",
      "symlink /upper/systemd /x",
    );
    await expect(inject(linked, "link")).rejects.toThrow("/upper/systemd is no directory there");
    const filed = await diskWith(
      "file.raw",
      "mkdir /upper",
      `write ${import.meta.filename} /upper/systemd`,
    );
    await expect(inject(filed, "file")).rejects.toThrow("/upper/systemd is no directory there");
  });

  test("that is full is refused", async () => {
    const big = join(dir.path, "big");
    writeFileSync(big, Buffer.alloc(15 * MiB, 1));
    const disk = await diskWith("full.raw", "mkdir /upper", `write "${big}" /big`);
    await expect(inject(disk, "full")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
