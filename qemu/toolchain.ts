import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../harness/core/cache-dir.ts";
import { HostError } from "../harness/core/errors.ts";
import { exec } from "../harness/core/exec.ts";
import { parseQemuVersion, type QemuVersion } from "./qemu-version.ts";

/** How one program is started: `file`, then `prefixArgs`, then its own arguments, with `env` added to ours. */
export interface Tool {
  readonly file: string;
  readonly prefixArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly version: QemuVersion;
}

/** One QEMU with its tools and firmware: the host's own, or a Debian root directory that `ci/setup` made. */
export interface Toolchain {
  readonly kind: "host" | "tree";
  /** The directory that absolute paths of the toolchain start from: `/` for the host's. */
  readonly root: string;
  readonly qemuSystem: Tool;
  readonly qemuImg: Tool;
  /** Root directories in which firmware descriptors are looked for, best first. */
  readonly firmwareRoots: readonly string[];
}

const notInstalled = { hint: "Run ci/setup" };

/**
 * The tools tree named by BOOTWRIGHT_TOOLS_TREE, else the one at `cacheDir()/tools/current`, else the host's QEMU.
 * @throws {HostError} HOST_TOOL_MISSING when there is no QEMU, or the named tree has none.
 */
export const resolveToolchain = async (): Promise<Toolchain> => {
  const tree = treeRoot();
  return tree === undefined ? await hostToolchain() : await treeToolchain(tree);
};

const treeRoot = (): string | undefined => {
  const named = process.env["BOOTWRIGHT_TOOLS_TREE"];
  if (named !== undefined && named !== "") return existing(named);
  const current = join(cacheDir(), "tools", "current");
  return existsSync(current) ? realpathSync(current) : undefined;
};

const existing = (named: string): string => {
  if (existsSync(named)) return realpathSync(named);
  throw new HostError(
    "HOST_TOOL_MISSING",
    `BOOTWRIGHT_TOOLS_TREE names ${named}, which does not exist`,
    notInstalled,
  );
};

const hostToolchain = async (): Promise<Toolchain> => ({
  kind: "host",
  root: "/",
  qemuSystem: await withVersion({ file: "qemu-system-x86_64", prefixArgs: [], env: {} }),
  qemuImg: await withVersion({ file: "qemu-img", prefixArgs: [], env: {} }),
  firmwareRoots: ["/"],
});

const treeToolchain = async (root: string): Promise<Toolchain> => ({
  kind: "tree",
  root,
  qemuSystem: await withVersion(
    treeTool(root, "qemu-system-x86_64", [
      ...["-L", join(root, "usr/share/qemu")],
      ...["-L", join(root, "usr/share/seabios")],
    ]),
  ),
  qemuImg: await withVersion(treeTool(root, "qemu-img", [])),
  firmwareRoots: [root, "/"],
});

// The tree's programs need the tree's glibc, so its own dynamic loader starts them: no root, no chroot, no namespaces.
// Modules come from QEMU_MODULE_DIR. One that is not there is looked for in the host's directory too, and an asked-for
// module of another build makes QEMU abort (QMP qom-list-types does, 2026-11-21): never ask for all types.
const treeTool = (
  root: string,
  program: string,
  ownArgs: readonly string[],
): Omit<Tool, "version"> => {
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  return {
    file: join(libraries, "ld-linux-x86-64.so.2"),
    prefixArgs: [
      ...["--argv0", program],
      ...["--library-path", libraries],
      join(root, "usr/bin", program),
      ...ownArgs,
    ],
    env: { QEMU_MODULE_DIR: join(libraries, "qemu") },
  };
};

const withVersion = async (tool: Omit<Tool, "version">): Promise<Tool> => {
  const { stdout } = await exec(tool.file, [...tool.prefixArgs, "--version"], {
    env: tool.env,
    timeoutMs: 30_000,
  }).catch((cause: unknown) => {
    throw new HostError(
      "HOST_TOOL_MISSING",
      `${[tool.file, ...tool.prefixArgs].join(" ")} --version did not work`,
      { ...notInstalled, cause },
    );
  });
  return { ...tool, version: parseQemuVersion(stdout) };
};
