import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { MiB } from "../../harness/core/units.ts";
import { runMmdebstrap } from "../builder/mmdebstrap.ts";
import { packLayer, writeOciLayout } from "../builder/oci-layout.ts";
import { recipeKey } from "../builder/recipe-key.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import { payloadStore } from "./go-program.ts";

/**
 * A container image for guests, made from Debian packages: `packages` and `files/` in images/payload/container-images/NAME.
 * What runs in it, and as whom, is said by who runs it.
 */
export interface ContainerImage {
  readonly name: string;
}

const recipesDir = join(import.meta.dirname, "container-images");
const buildBytes = 256 * MiB;

/** What decides, beside the recipe, which bytes an image has. */
const sources = [
  import.meta.filename,
  join(import.meta.dirname, "../builder/mmdebstrap.ts"),
  join(import.meta.dirname, "../builder/oci-layout.ts"),
];

/**
 * Builds a container image, or takes it from the cache: `payload/NAME-image/KEY/NAME.tar`, an OCI archive that names the
 * image `bootwright.local/NAME:1`. No registry has part in it.
 * @throws {HostError} without mmdebstrap, network or room.
 */
export const containerImage = async (
  image: ContainerImage,
  onLine: (line: string) => void,
): Promise<string> => {
  const { dir } = await cachedBuild(containerImageSpot(image), {
    what: `container image ${image.name}`,
    neededBytes: buildBytes,
    build: async (outDir, workDir) => {
      const layerPath = join(workDir, "layer.tar");
      await makeLayer(join(recipesDir, image.name), layerPath, workDir, onLine);
      const { name } = image;
      const ref = `bootwright.local/${name}:1`;
      const layout = join(workDir, "layout");
      await writeOciLayout(layout, [{ ref, layers: [layerPath] }]);
      await packLayer(layout, join(outDir, `${name}.tar`));
    },
  });
  return join(dir, `${image.name}.tar`);
};

/** Where the image is in the cache, once it is built. */
export const containerImageSpot = ({ name }: ContainerImage): CacheSpot => ({
  store: payloadStore(),
  name: `${name}-image`,
  key: recipeKey([recipesDir], [name, ...sources.map((path) => readFileSync(path, "utf8"))]),
});

/** Nothing is installed, so no maintainer script runs, and the result is the same for every user of every host. */
const makeLayer = async (
  recipeDir: string,
  layerPath: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const names = readFileSync(join(recipeDir, "packages"), "utf8").trim().split("\n");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  const packages = join(workDir, "packages.tar");
  await runMmdebstrap(
    [
      ...["--variant=extract", '--aptopt=APT::Install-Recommends "false"', "--skip=output/dev"],
      ...[`--include=${names.join(",")}`, "trixie", packages],
      ...(mirror === undefined ? [] : [mirror]),
    ],
    { workDir, timeoutMs: 600_000, onLine },
  );
  const root = join(workDir, "root");
  await exec(join(recipesDir, "make-root"), [packages, recipeDir, root]);
  await packLayer(root, layerPath);
};
