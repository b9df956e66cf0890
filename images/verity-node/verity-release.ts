import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { programContent } from "../builder/program-content.ts";
import type { ReleaseMaker } from "../release/release-maker.ts";
import { payloadFile, writeUpdatePayload } from "./update-payload.ts";
import { sealedIn } from "./verity-disk.ts";
import { changeVerityImage } from "./verity-image.ts";

/** Releases of a node with two slots. Their identity is the root hash. */
export const verityReleases: ReleaseMaker = {
  first: async (_source, disk) => {
    const { rootHash: identity, kernelArguments, version } = sealedIn(dirname(disk));
    return { identity, kernelArguments, version };
  },
  make: async ({ disk }, { release, changes, diskPath, payloadPath, workDir, onLine }) => {
    const outDir = join(workDir, "image");
    mkdirSync(outDir);
    const { parts, root, imageId } = await changeVerityImage(dirname(disk), {
      changes,
      contentOf: (source) => programContent(source, onLine),
      version: release.version,
      fillerMiB: release.fillerMiB ?? 0,
      outDir,
      workDir,
    });
    const sealed = sealedIn(outDir);
    renameSync(parts.disk, diskPath);
    await writeUpdatePayload({ parts, root, sealed, imageId }, { diskPath: payloadPath, workDir });
    const { version, rootHash: identity, kernelArguments } = sealed;
    const ownFile = `/${payloadFile({ imageId, version, suffix: "root" })}`;
    return { identity, kernelArguments, ownFile };
  },
};
