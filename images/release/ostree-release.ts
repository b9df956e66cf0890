import { MiB } from "../../harness/core/units.ts";
import type { NodeRecipe } from "../builder/node-recipe.ts";
import { stallBootCode } from "../builder/stall-boot-code.ts";
import { baseRepository, kernelArgumentsOf } from "./base-repository.ts";
import { commitRelease } from "./commit-release.ts";
import { buildPayloadDisk, ownObject } from "./payload-disk.ts";
import { buildReleaseDisk } from "./release-disk.ts";
import type { ReleaseMaker } from "./release-maker.ts";

/** Releases of a node whose root is an OSTree deployment. Their identity is the checksum of the commit. */
export const ostreeReleases: ReleaseMaker = {
  first: async ({ disk, entry, recipe }, bootedDisk, workDir) => {
    const { commit } = await baseRepository(disk, entry, recipe);
    const kernelArguments = await kernelArgumentsOf(bootedDisk, recipe, workDir);
    return { identity: commit, kernelArguments };
  },
  make: async ({ disk, entry, recipe }, order) => {
    const { release, changes, diskPath, payloadPath, workDir, onLine } = order;
    const base = await baseRepository(disk, entry, recipe);
    const before = await kernelArgumentsOf(disk, recipe, workDir);
    const made = await commitRelease(base, release, {
      ...{ changes, kernelArguments: before, workDir, onLine },
    });
    await buildReleaseDisk(made, withRoom(recipe, release.fillerMiB ?? 0), diskPath, {
      workDir,
      onLine,
    });
    for (const change of changes)
      if (change.kind === "stall-boot-code") stallBootCode(diskPath, change.stage, change.seconds);
    await buildPayloadDisk(made, release.ref, { diskPath: payloadPath, workDir });
    const { commit: identity, kernelArguments, repo } = made;
    return { identity, kernelArguments, ownFile: ownObject(base.repo, repo) };
  },
};

/** The root is the last partition. */
const withRoom = (recipe: NodeRecipe, moreMiB: number): NodeRecipe => ({
  ...recipe,
  layout: recipe.layout.map((laid) =>
    laid.name === "root" ? { ...laid, sizeBytes: laid.sizeBytes + moreMiB * MiB } : laid,
  ),
});
