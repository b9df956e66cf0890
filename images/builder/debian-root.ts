import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runMmdebstrap } from "./mmdebstrap.ts";
import type { NodeRecipe } from "./node-recipe.ts";

const leftOut = ["doc", "man", "locale", "info", "lintian"].map(
  (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
);

/** Contents of the file systems of a node, as tar archives: ownership is kept, no root needed to use them. */
export interface NodeArchives {
  readonly root: string;
  /** Of the partition that holds kernels and boot menu, where that is not the root's; or what goes into it. */
  readonly boot?: string;
}

export interface DebianBuild {
  readonly workDir: string;
  /** A directory `payload` that the recipe's `customize` hook finds below the root. */
  readonly payloadTree?: string;
  readonly onLine: (line: string) => void;
}

/**
 * Makes the file systems of a Debian 13 node. The recipe folder holds `packages` (one a line), and may hold a `files/` tree
 * and the hooks `before-packages` and `customize`. That of an OSTree or verity node leaves its archives in the directory /image,
 * and what mmdebstrap has installed is thrown away.
 */
export const buildDebianRoot = async (
  { dir: recipeDir, kind }: NodeRecipe,
  { workDir, payloadTree, onLine }: DebianBuild,
): Promise<NodeArchives> => {
  const packages = readFileSync(join(recipeDir, "packages"), "utf8").trim().split("\n");
  const shared = join(recipeDir, "..", "node");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  const root = join(workDir, "root.tar");
  const boot = join(workDir, "boot.tar");
  const isDeployed = kind !== "plain";
  const beforePackages = join(recipeDir, "before-packages");
  await runMmdebstrap(
    [
      "--variant=minbase",
      '--aptopt=APT::Install-Recommends "false"',
      ...leftOut,
      `--include=${packages.join(",")}`,
      ...(existsSync(beforePackages) ? [`--essential-hook=${beforePackages}`] : []),
      `--essential-hook=${join(shared, "copy-files")}`,
      `--customize-hook=${join(shared, "after-packages")}`,
      // By mmdebstrap itself and not by a hook of ours, whose user may not enter our directories.
      ...(payloadTree === undefined ? [] : [`--customize-hook=copy-in '${payloadTree}' /`]),
      `--customize-hook=${join(recipeDir, "customize")}`,
      ...(isDeployed
        ? [
            `--customize-hook=download /image/root.tar ${root}`,
            `--customize-hook=download /image/boot.tar ${boot}`,
          ]
        : []),
      ...["trixie", isDeployed ? "/dev/null" : root],
      ...(mirror === undefined ? [] : [mirror]),
    ],
    {
      workDir,
      env: { BOOTWRIGHT_RECIPE: recipeDir },
      timeoutMs: 900_000,
      onLine,
    },
  );
  return isDeployed ? { root, boot } : { root };
};
