import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import type { CacheSpot } from "../cached-build.ts";
import {
  type ContainerImage,
  containerImage,
  containerImageSpot,
} from "../payload/container-image.ts";
import { type GoProgram, goProgram, goProgramSpot } from "../payload/go-program.ts";
import { adminImage, bootstrapImage, hostContainers } from "../payload/host-containers.ts";
import { kubelet } from "../payload/kubelet.ts";
import { bootHealth, importImages } from "../payload/programs.ts";
import { nodeImages, type ProgramImage, writeProgramImages } from "./node-images.ts";

/** What a recipe's file `payload` can name: a program of ours, or container images as an OCI layout. */
type PayloadPart =
  | { readonly kind: "program"; readonly program: GoProgram }
  | { readonly kind: "archive"; readonly image: ContainerImage }
  | { readonly kind: "images"; readonly images: readonly ProgramImage[] };

const partOf = (name: string): PayloadPart | undefined => {
  switch (name) {
    case "kubelet":
      return { kind: "program", program: kubelet() };
    case "import-images":
      return { kind: "program", program: importImages };
    case "boot-health":
      return { kind: "program", program: bootHealth };
    case "node-images":
      return { kind: "images", images: nodeImages };
    case "host-containers":
      return { kind: "program", program: hostContainers };
    case "bootstrap-image":
      return { kind: "archive", image: bootstrapImage };
    case "admin-image":
      return { kind: "archive", image: adminImage };
    default:
      return undefined;
  }
};

/** Whether an image of this recipe contains programs that are built here. */
export const hasPayload = (recipeDir: string): boolean => existsSync(join(recipeDir, "payload"));

/**
 * Changes with whatever of the payload is in the image.
 * @throws {HostError} HOST_TOOL_MISSING without Go, whose version is part of it.
 */
export const payloadKeys = async (recipeDir: string): Promise<readonly string[]> => {
  const spots = await Promise.all(partsOf(recipeDir).flatMap(({ part }) => spotsOf(part)));
  return spots.map(({ name, key }) => `${name} ${key}`);
};

const spotsOf = (part: PayloadPart): readonly (CacheSpot | Promise<CacheSpot>)[] => {
  switch (part.kind) {
    case "program":
      return [goProgramSpot(part.program)];
    case "archive":
      return [containerImageSpot(part.image)];
    case "images":
      return part.images.map(({ program }) => goProgramSpot(program));
  }
};

/**
 * Builds the payload of a recipe, and puts it into `tree` at the paths that it has in the image.
 * @throws {HostError} as `goProgram`.
 */
export const stagePayload = async (
  recipeDir: string,
  tree: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<void> => {
  const programPath = (program: GoProgram): Promise<string> => goProgram(program, onLine);
  mkdirSync(tree, { recursive: true });
  for (const { path, part } of partsOf(recipeDir)) {
    const place = join(tree, path);
    mkdirSync(dirname(place), { recursive: true });
    if (part.kind === "program") copyFileSync(await programPath(part.program), place);
    else if (part.kind === "archive") copyFileSync(await containerImage(part.image, onLine), place);
    else await writeProgramImages(place, part.images, programPath, workDir);
  }
  // The image must not have the builder's umask in it.
  await exec("chmod", ["--recursive", "u=rwX,go=rX", "--", tree]);
};

const partsOf = (
  recipeDir: string,
): readonly { readonly path: string; readonly part: PayloadPart }[] => {
  const file = join(recipeDir, "payload");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (line === "" || line.startsWith("#")) return [];
    const [path = "", name = ""] = line.split(" ");
    const part = partOf(name);
    if (part !== undefined && /^[a-z][\w./-]*$/.test(path)) return [{ path, part }];
    throw new ImageError(
      "IMAGE_BUILD",
      `${file}, line ${index + 1}: expected a path without a leading slash and the name of a part, but found ${JSON.stringify(line)}`,
    );
  });
};
