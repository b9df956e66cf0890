import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { exec } from "../../harness/core/exec.ts";
import { printable } from "../../harness/core/printable.ts";
import type { PreflightCheck } from "./check.ts";

export const nodeCheck: PreflightCheck = {
  id: "node",
  title: "Node.js 24 or later",
  run: async () =>
    isAtLeast(process.versions.node, [24])
      ? { state: "ok", seen: process.versions.node }
      : {
          state: "fail",
          seen: process.versions.node,
          remedy: "Start Bootwright with npx --no-install, which uses the Node.js in node_modules",
        },
};

export const mke2fsCheck: PreflightCheck = {
  id: "mke2fs",
  // 1.47.1 is the first that takes a tar file with -d and heeds SOURCE_DATE_EPOCH (e2fsprogs release notes).
  title: "mke2fs 1.47.1 or later",
  run: async () => {
    const output = await versionOf(["mke2fs", "/usr/sbin/mke2fs"], "-V");
    const version = /mke2fs (\d+\.\d+(?:\.\d+)?)/.exec(output ?? "")?.[1];
    return version !== undefined && isAtLeast(version, [1, 47, 1])
      ? { state: "ok", seen: version }
      : {
          state: "warn",
          seen: version ?? "not found",
          remedy: "Run ci/setup, or images cannot be built",
        };
  },
};

export const mmdebstrapCheck: PreflightCheck = {
  id: "mmdebstrap",
  title: "mmdebstrap",
  run: async () => {
    const output = await versionOf(["mmdebstrap"], "--version");
    return output === undefined
      ? { state: "warn", seen: "not found", remedy: "Run ci/setup, or images cannot be built" }
      : { state: "ok", seen: printable(output, 60) };
  },
};

/** Warns only: the suite boot-time measures seconds without it. */
export const compilerCheck: PreflightCheck = {
  id: "cc",
  title: "C compiler",
  run: async () => {
    const output = await versionOf(["cc"], "--version");
    return output === undefined
      ? {
          state: "warn",
          seen: "not found",
          remedy: "Run ci/setup, or measure boots with --measure wall",
        }
      : { state: "ok", seen: printable(output.split("\n")[0] ?? "", 60) };
  },
};

/** Warns only: no other suite needs it. */
export const etcdCheck: PreflightCheck = {
  id: "etcd",
  title: "etcd 3.5 or later",
  run: async () => {
    const output = await versionOf(["etcd"], "--version");
    const version = /^etcd Version: (\d+\.\d+\.\d+)/m.exec(output ?? "")?.[1];
    return version !== undefined && isAtLeast(version, [3, 5])
      ? { state: "ok", seen: version }
      : {
          state: "warn",
          seen: version ?? "not found",
          remedy: "Run ci/setup, or no node can be given an API server (suite kubelet)",
        };
  },
};

/** What the first program that runs says about itself; the tools tree's comes before the host's. */
const versionOf = async (
  programs: readonly string[],
  option: string,
): Promise<string | undefined> => {
  const inTree = programs
    .map((program) => join(cacheDir(), "tools", "current", "bin", program))
    .filter((path) => existsSync(path));
  for (const program of [...inTree, ...programs]) {
    try {
      const { stdout, stderr } = await exec(program, [option], { timeoutMs: 30_000 });
      return `${stdout}${stderr}`.trim();
    } catch {
      // Not there or not usable: the next one may be.
    }
  }
  return undefined;
};

/** Compares dotted versions number by number; a missing number is 0. */
export const isAtLeast = (version: string, wanted: readonly number[]): boolean => {
  const numbers = version.split(".").map(Number);
  for (const [index, part] of wanted.entries()) {
    const difference = (numbers[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
};
