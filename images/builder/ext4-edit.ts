import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { toolPath } from "../../harness/core/tool.ts";

/**
 * Edits files of an ext4 file system inside a disk image, offline and without mounting it (debugfs). Everything written
 * belongs to root. Paths are absolute and are not resolved through symbolic links.
 */
export interface Ext4Edit {
  read(path: string): Promise<string>;
  readBytes(path: string): Promise<Buffer>;
  write(path: string, content: string | Uint8Array, mode: number): Promise<void>;
  /** Of a file; its other names have it too. */
  setMode(path: string, mode: number): Promise<void>;
  /** An extended attribute of a file; its other names have it too. */
  setAttribute(path: string, name: string, value: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  symlink(path: string, target: string): Promise<void>;
  /** Names in a directory, `.` and `..` included. */
  list(path: string): Promise<string[]>;
  /** Sets the immutable flag of a directory, as `chattr +i` does. */
  makeImmutable(path: string): Promise<void>;
}

// EXT4_IMMUTABLE_FL | EXT4_EXTENTS_FL (Linux fs/ext4/ext4.h); mke2fs gives a small directory no other flag.
const immutableWithExtents = 0x10 | 0x80000;

export const openExt4 = (diskPath: string, startByte: number, workDir: string): Ext4Edit => {
  const device = `${diskPath}?offset=${startByte}`;
  let files = 0;
  const debugfs = async (...commands: string[]): Promise<string> => {
    const script = join(workDir, `debugfs-${files++}`);
    writeFileSync(script, `${commands.join("\n")}\n`);
    const { stdout, stderr } = await exec(toolPath("debugfs"), ["-w", "-f", script, device]);
    // debugfs reports a failed command on stderr and still exits with 0.
    const problem = stderr.split("\n").find((line) => line !== "" && !line.startsWith("debugfs "));
    if (problem !== undefined) {
      throw new ImageError(
        "IMAGE_BUILD",
        `debugfs could not do "${commands.join("; ")}": ${problem}`,
      );
    }
    return stdout;
  };
  const exists = async (path: string): Promise<boolean> =>
    debugfs(`stat ${quoted(path)}`).then(
      () => true,
      () => false,
    );
  const makeParents = async (path: string): Promise<void> => {
    const missing: string[] = [];
    // From the deepest up: as a rule it is there.
    for (let parent = dirname(path); parent !== "/" && !(await exists(parent)); ) {
      missing.unshift(`mkdir ${quoted(parent)}`);
      parent = dirname(parent);
    }
    if (missing.length > 0) await debugfs(...missing);
  };
  return {
    read: async (path) => {
      const local = join(workDir, `file-${files++}`);
      await debugfs(`dump ${quoted(path)} ${local}`);
      return readFileSync(local, "utf8");
    },
    readBytes: async (path) => {
      const local = join(workDir, `file-${files++}`);
      await debugfs(`dump ${quoted(path)} ${local}`);
      return readFileSync(local);
    },
    write: async (path, content, mode) => {
      const local = join(workDir, `file-${files++}`);
      writeFileSync(local, content);
      await makeParents(path);
      if (await exists(path)) await debugfs(`rm ${quoted(path)}`);
      const name = quoted(path);
      await debugfs(
        `write ${local} ${name}`,
        `set_inode_field ${name} mode ${fileMode(mode)}`,
        `set_inode_field ${name} uid 0`,
        `set_inode_field ${name} gid 0`,
      );
    },
    setMode: async (path, mode) => {
      await debugfs(`set_inode_field ${quoted(path)} mode ${fileMode(mode)}`);
    },
    setAttribute: async (path, name, value) => {
      const local = join(workDir, `file-${files++}`);
      writeFileSync(local, value);
      await debugfs(`ea_set -f ${local} ${quoted(path)} ${name}`);
    },
    remove: async (path) => {
      await debugfs(`rm ${quoted(path)}`);
    },
    symlink: async (path, target) => {
      await makeParents(path);
      await debugfs(`symlink ${quoted(path)} ${quoted(target)}`);
    },
    // Lines such as /13/040755/0/0/name//, after the echoed command.
    list: async (path) =>
      (await debugfs(`ls -p ${quoted(path)}`))
        .split("\n")
        .filter((line) => line.startsWith("/"))
        .flatMap((line) => line.split("/").slice(5, 6)),
    makeImmutable: async (path) => {
      await debugfs(`set_inode_field ${quoted(path)} flags 0x${immutableWithExtents.toString(16)}`);
    },
  };
};

/** With the type bits of a regular file. */
const fileMode = (mode: number): string => `0${(0o100000 | mode).toString(8)}`;

const quoted = (path: string): string => {
  if (!/^[\w@%+=:,./-]+$/.test(path)) {
    throw new ImageError(
      "IMAGE_BUILD",
      `Path ${JSON.stringify(path)} has characters that debugfs cannot take`,
    );
  }
  return path;
};
