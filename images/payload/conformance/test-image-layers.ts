import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { agnhost } from "../agnhost.ts";
import { type GoProgram, goProgram } from "../go-program.ts";
import { pause } from "../programs.ts";
import { bashLayer } from "./bash-layer.ts";
import { busyboxLayer } from "./busybox-layer.ts";
import { type LaidImage, type NamedImage, writeImageLayout } from "./image-layout.ts";
import { type LayerEntry, packEntries } from "./layer.ts";
import { curl, ipcs, nc, noNewPrivs, pgrep, webServer } from "./programs.ts";
import { type LayerName, testImages } from "./test-images.ts";

/**
 * Builds the images of the conformance disk as one OCI layout. The sandbox image's user lives in no file: a runtime takes the
 * number.
 */
export const writeTestImages = async (
  directory: string,
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LaidImage[]> => {
  const packed = new Map<LayerName, string>();
  const images: NamedImage[] = [];
  const layersDir = join(workDir, "layers");
  mkdirSync(layersDir);
  for (const { names, layers, config } of testImages) {
    const paths: string[] = [];
    for (const layer of layers) {
      const path = packed.get(layer) ?? join(layersDir, `${layer}.tar`);
      if (!packed.has(layer)) await packEntries(await entriesOf(layer, layersDir, onLine), path);
      packed.set(layer, path);
      paths.push(path);
    }
    images.push({ names, layers: paths, config });
  }
  return writeImageLayout(directory, images);
};

const entriesOf = async (
  layer: LayerName,
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly LayerEntry[]> => {
  const program = async (path: string, built: GoProgram, mode = 0o755): Promise<LayerEntry> => ({
    kind: "file",
    path,
    copyOf: await goProgram(built, onLine),
    mode,
  });
  switch (layer) {
    case "busybox":
      return [
        ...(await busyboxLayer(workDir, onLine)),
        await program("usr/bin/pgrep", pgrep),
        await program("usr/bin/ipcs", ipcs),
      ];
    case "bash":
      return await bashLayer(workDir, onLine);
    case "nginx":
      return [await program("usr/sbin/nginx", webServer)];
    case "httpd":
      return [await program("usr/local/bin/httpd", webServer)];
    case "nonewprivs":
      return [await program("nonewprivs", noNewPrivs, 0o4755)];
    case "agnhost":
      return [
        await program("agnhost", agnhost),
        await program("usr/bin/curl", curl),
        await program("bin/nc", nc),
        { kind: "hard-link", path: "agnhost-2", to: "agnhost" },
        { kind: "directory", path: "uploads", mode: 0o755 },
        ...usersWith("user-defined-in-image"),
      ];
    case "pause":
      return [await program("pause", pause)];
    case "predefined-group":
      return usersWith("default-user");
    default:
      return [{ kind: "text", path: layer, text: `${layer}\n` }];
  }
};

/** A user who belongs to a group of the image (test/images/agnhost of Kubernetes, images/image-predefined-group of cri-tools). */
const usersWith = (name: string): readonly LayerEntry[] => [
  {
    kind: "text",
    path: "etc/passwd",
    text: `root:x:0:0:root:/root:/bin/sh\n${name}:x:1000:1000::/home/${name}:/bin/sh\n`,
  },
  {
    kind: "text",
    path: "etc/group",
    text: `root:x:0:\n${name}:x:1000:\ngroup-defined-in-image:x:50000:${name}\n`,
  },
];
