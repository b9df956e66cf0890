import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./cache-dir.ts";

/** The tools tree that `ci/setup` keeps where the distribution's own tools are too old; undefined elsewhere. */
const toolsTree = (): string | undefined => {
  const tree = process.env["BOOTWRIGHT_TOOLS_TREE"] ?? join(cacheDir(), "tools", "current");
  return existsSync(join(tree, "bin")) ? realpathSync(tree) : undefined;
};

/** How to start a host program by name: from the tools tree where that has it, else from the PATH. */
export const toolPath = (name: string): string => {
  const tree = toolsTree();
  const inTree = tree === undefined ? undefined : join(tree, "bin", name);
  return inTree !== undefined && existsSync(inTree) ? inTree : name;
};

/** A data directory of the distribution (GRUB's modules, firmware), in the tools tree or on the host. */
export const toolData = (path: string): string => `${toolsTree() ?? ""}${path}`;
