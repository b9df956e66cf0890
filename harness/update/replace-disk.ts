// ContainerOS' way: the cloud gives a node another system disk, and what is the node's own is on the disks that stay.
import { bootedIdentity } from "./booted-identity.ts";
import { diskOf, type NextDisks, type Release, type UpdateDriver } from "./driver.ts";

/** By `system`, as machines call the disk of the image. */
const systemDiskOf = (release: Release): NextDisks => ({ system: diskOf(release) });

export const replaceDiskDriver: UpdateDriver = {
  kind: "replace-disk",
  stage: async () => undefined,
  activate: async (_agent, release) => systemDiskOf(release),
  rollBack: async (_agent, previous) => systemDiskOf(previous),
  version: bootedIdentity,
  canList: false,
  // The other release is on a disk that this machine does not have.
  entries: async (agent) => [
    { identity: await bootedIdentity(agent), isBooted: true, isNext: true },
  ],
};
