import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { sha256OfText } from "../../harness/core/sha256.ts";
import { MiB } from "../../harness/core/units.ts";
import { cachedBuild } from "../cached-build.ts";
import type { PackageFile } from "../mutant.ts";
import { type ImageEntry, imageStore } from "./image-entry.ts";
import { runMmdebstrap } from "./mmdebstrap.ts";

const hook = join(import.meta.dirname, "copy-from-package");
/** Package lists of two architectures, one package, and its file. */
const neededBytes = 256 * MiB;

/** Where the file is in the cache, once it was fetched. */
export const packageFileEntry = ({ package: name, from }: PackageFile): ImageEntry => ({
  name: `package+${name.replace(":", "-")}`,
  key: sha256OfText(JSON.stringify([name, from, readFileSync(hook, "utf8")])).slice(0, 16),
});

/**
 * A file of a package of the Debian release that the images are made of, as the mirror had it when it was first asked for.
 * @throws {ImageError} IMAGE_BUILD when the package has no such file; {HostError} as mmdebstrap.
 */
export const packageFile = async (
  file: PackageFile,
  onLine: (line: string) => void,
): Promise<Buffer> => {
  const { dir } = await cachedBuild(
    { store: imageStore(), ...packageFileEntry(file) },
    {
      what: `file ${file.from} of package ${file.package}`,
      neededBytes,
      build: async (outDir, workDir) => fetchFile(file, join(outDir, "file"), workDir, onLine),
    },
  );
  return readFileSync(join(dir, "file"));
};

const fetchFile = async (
  { package: name, from }: PackageFile,
  out: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const [, architecture = "amd64"] = name.split(":");
  const architectures = [...new Set(["amd64", architecture])].join(",");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  await runMmdebstrap(
    [
      ...["--variant=custom", "--format=null", `--architectures=${architectures}`],
      ...[`--customize-hook=${hook}`, "trixie", "/dev/null"],
      ...(mirror === undefined ? [] : [mirror]),
    ],
    {
      workDir,
      env: { BOOTWRIGHT_PACKAGE: name, BOOTWRIGHT_FILE: from, BOOTWRIGHT_OUT: out },
      timeoutMs: 600_000,
      onLine,
    },
  );
  if (statSync(out).size > 0) return;
  throw new ImageError("IMAGE_BUILD", `Package ${name} has no file ${from} with content`, {
    hint: "Bring the recipe that asks for it in line with Debian's package",
  });
};
