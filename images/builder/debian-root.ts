import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runMmdebstrap } from "./mmdebstrap.ts";

const leftOut = ["doc", "man", "locale", "info", "lintian"].map(
  (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
);

/**
 * Makes a Debian 13 root file system as a tar archive (ownership and device nodes kept, no root needed to use it).
 * The recipe folder holds `packages` (one a line), an optional `files/` tree and an optional `customize` hook.
 */
export const buildDebianRoot = async (
  recipeDir: string,
  tarPath: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const packages = readFileSync(join(recipeDir, "packages"), "utf8").trim().split("\n");
  const shared = join(recipeDir, "..", "node");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  await runMmdebstrap(
    [
      "--variant=minbase",
      '--aptopt=APT::Install-Recommends "false"',
      ...leftOut,
      `--include=${packages.join(",")}`,
      `--essential-hook=${join(shared, "before-packages")}`,
      `--essential-hook=${join(shared, "copy-files")}`,
      `--customize-hook=${join(shared, "after-packages")}`,
      `--customize-hook=${join(recipeDir, "customize")}`,
      "trixie",
      tarPath,
      ...(mirror === undefined ? [] : [mirror]),
    ],
    {
      workDir: dirname(tarPath),
      env: { BOOTWRIGHT_RECIPE: recipeDir },
      timeoutMs: 900_000,
      onLine,
    },
  );
};
