import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { exec } from "../../harness/core/exec.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { toolPath } from "../../harness/core/tool.ts";
import type { RecipeChange } from "../mutant.ts";
import { applyChanges } from "./apply-changes.ts";
import { type Ext4Edit, openExt4 } from "./ext4-edit.ts";
import { ostreeNode, protectDeployment } from "./ostree-node.ts";

const hello = { package: "hello", from: "/usr/bin/hello" };
const deployment = `/ostree/deploy/node/deploy/${"a".repeat(64)}.0`;

// Some fifty runs of debugfs, on a host that may be busy.
describe("a mutant of an OSTree node", { timeout: 60_000 }, () => {
  test("changes the deployment, its /etc in both places, and both statements of the kernel's arguments", async () => {
    await using work = await tempDir("ostree-node");
    const root = await ext4(work.path, "root", {
      [`${deployment}/etc/fstab`]: "old line\n",
      [`${deployment}/usr/etc/fstab`]: "old line\n",
      [`${deployment}/usr/lib/gone`]: "gone\n",
    });
    const boot = await ext4(work.path, "boot", {
      "/loader.1/syslinux.cfg": "LABEL a\n\tKERNEL /k\n\tAPPEND root=LABEL=root ro ostree=/x\n",
      "/loader.1/entries/ostree-1.conf":
        "title a\nlinux /node-1/vmlinuz-2\ninitrd /node-1/initramfs-2.img\noptions root=LABEL=root ro ostree=/x\n",
      "/node-1/initramfs-2.img": "1234",
    });
    const node = await ostreeNode("disk.raw", root, boot);
    const changes: readonly RecipeChange[] = [
      { kind: "replace-text", path: "/etc/fstab", match: "old", with: "new" },
      { kind: "remove-file", path: "/usr/lib/gone" },
      { kind: "add-file", path: "/opt", mode: 0o644, text: "not a link\n" },
      { kind: "enable-unit", unit: "a.service", wantedBy: "b.target" },
      { kind: "remove-kernel-argument", argument: "ro" },
      { kind: "add-kernel-argument", argument: "rw" },
      { kind: "add-to-initrd", path: "/a", mode: 0o644, text: "a" },
      { kind: "add-program", ...hello, path: "/usr/libexec/x", mode: 0o644, to: "root" },
      { kind: "set-mode", path: "/usr/libexec/x", mode: 0o4755 },
      { kind: "add-program", program: "own", path: "/usr/libexec/y", mode: 0o755, to: "root" },
    ];
    await applyChanges(node, changes, async (source) =>
      Buffer.from(JSON.stringify(source, ["package", "from", "program"])),
    );
    expect({
      etc: await root.read(`${deployment}/etc/fstab`),
      usrEtc: await root.read(`${deployment}/usr/etc/fstab`),
      opt: await root.read(`${deployment}/opt`),
      program: await root.read(`${deployment}/usr/libexec/x`),
      ownProgram: await root.read(`${deployment}/usr/libexec/y`),
      mode: await modeOf(join(work.path, "root.img"), `${deployment}/usr/libexec/x`),
      lib: await root.list(`${deployment}/usr/lib`),
      wants: await root.list(`${deployment}/etc/systemd/system/b.target.wants`),
      usrWants: await root.list(`${deployment}/usr/etc/systemd/system/b.target.wants`),
      syslinux: await boot.read("/loader.1/syslinux.cfg"),
      entry: await boot.read("/loader.1/entries/ostree-1.conf"),
      initrd: (await boot.read("/node-1/initramfs-2.img")).slice(0, 10),
    }).toEqual({
      etc: "new line\n",
      usrEtc: "new line\n",
      opt: "not a link\n",
      program: '{"package":"hello","from":"/usr/bin/hello"}',
      ownProgram: '{"program":"own"}',
      mode: "04755",
      lib: [".", ".."],
      wants: [".", "..", "a.service"],
      usrWants: [".", "..", "a.service"],
      syslinux: "LABEL a\n\tKERNEL /k\n\tAPPEND rw root=LABEL=root ostree=/x\n",
      entry:
        "title a\nlinux /node-1/vmlinuz-2\ninitrd /node-1/initramfs-2.img\noptions rw root=LABEL=root ostree=/x\n",
      initrd: "1234070701",
    });
  });

  test("needs exactly one deployment to change", async () => {
    await using work = await tempDir("ostree-node");
    const root = await ext4(work.path, "root", { "/ostree/deploy/node/deploy/other": "" });
    await expect(ostreeNode("disk.raw", root, root)).rejects.toMatchObject({
      code: "IMAGE_BUILD",
      message: "/ostree/deploy/node/deploy should hold one deployment, but holds 0",
    });
  });
});

describe("the directory of a deployment", () => {
  test("is immutable, and still a directory that e2fsck finds sound", async () => {
    await using work = await tempDir("ostree-node");
    const root = await ext4(work.path, "root", { [`${deployment}/README`]: "a\n" });
    await protectDeployment(root);
    const image = join(work.path, "root.img");
    const { stdout } = await exec(toolPath("debugfs"), ["-R", `stat ${deployment}`, image]);
    await exec(toolPath("e2fsck"), ["-f", "-n", image]);
    expect(/Type: (\w+).*Flags: (\w+)/s.exec(stdout)?.slice(1)).toEqual(["directory", "0x80010"]);
  });
});

const modeOf = async (image: string, path: string): Promise<string | undefined> => {
  const { stdout } = await exec(toolPath("debugfs"), ["-R", `stat ${path}`, image]);
  return /Mode: +(\d+)/.exec(stdout)?.[1];
};

const ext4 = async (
  workDir: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<Ext4Edit> => {
  const tree = join(workDir, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  symlinkSync("loader.1", join(tree, "loader"));
  const image = join(workDir, `${name}.img`);
  await exec(toolPath("mke2fs"), ["-q", "-t", "ext4", "-d", tree, image, "4M"]);
  return openExt4(image, 0, workDir);
};
