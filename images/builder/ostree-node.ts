import { ImageError } from "../../harness/core/errors.ts";
import type { Ext4Edit } from "./ext4-edit.ts";
import type { NodeFiles } from "./node-files.ts";

const bootEntry = "/loader.1/entries/ostree-1.conf";
const deployments = "/ostree/deploy/node/deploy";

/** A node whose root directory is the one OSTree deployment on the root partition. */
export const ostreeNode = async (
  disk: string,
  root: Ext4Edit,
  boot: Ext4Edit,
): Promise<NodeFiles> => {
  const deployment = await deploymentOn(root);
  return {
    disk,
    root: inDeployment(root, deployment),
    initrd: { files: boot, path: await namedByEntry(boot, "initrd") },
    kernel: { files: boot, path: await namedByEntry(boot, "linux") },
    // The first deployment of a system is boot version 1. Both files say the same: GRUB reads the first, OSTree copies
    // the arguments of the second to the next deployment.
    kernelLines: [
      { files: boot, path: "/loader.1/syslinux.cfg", start: "\n\tAPPEND " },
      { files: boot, path: bootEntry, start: "\noptions " },
    ],
  };
};

/**
 * Makes the deployment's directory immutable, as `ostree admin deploy` does: archives do not carry that flag, and without
 * it root can write to / wherever the file system is writable.
 */
export const protectDeployment = async (root: Ext4Edit): Promise<void> =>
  root.makeImmutable(await deploymentOn(root));

const deploymentOn = async (root: Ext4Edit): Promise<string> => {
  const names = (await root.list(deployments)).filter((name) => /^[0-9a-f]{64}\.\d+$/.test(name));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new ImageError(
      "IMAGE_BUILD",
      `${deployments} should hold one deployment, but holds ${names.length}`,
    );
  }
  return `${deployments}/${name}`;
};

const namedByEntry = async (boot: Ext4Edit, key: "initrd" | "linux"): Promise<string> => {
  const path = new RegExp(`^${key} (/\\S+)$`, "m").exec(await boot.read(bootEntry))?.[1];
  if (path !== undefined) return path;
  throw new ImageError(
    "IMAGE_BUILD",
    `${bootEntry} should have a line "${key} PATH", but has none`,
  );
};

/** Changes to /etc are made in /usr/etc too, so that they are the image's and not the node's own. */
const inDeployment = (root: Ext4Edit, deployment: string): Ext4Edit => {
  const places = (path: string): string[] =>
    path.startsWith("/etc/")
      ? [`${deployment}${path}`, `${deployment}/usr${path}`]
      : [`${deployment}${path}`];
  const inEach = async (path: string, act: (place: string) => Promise<void>): Promise<void> => {
    for (const place of places(path)) await act(place);
  };
  return {
    read: (path) => root.read(`${deployment}${path}`),
    readBytes: (path) => root.readBytes(`${deployment}${path}`),
    list: (path) => root.list(`${deployment}${path}`),
    write: (path, content, mode) => inEach(path, (place) => root.write(place, content, mode)),
    setMode: (path, mode) => inEach(path, (place) => root.setMode(place, mode)),
    setAttribute: (path, name, value) =>
      inEach(path, (place) => root.setAttribute(place, name, value)),
    remove: (path) => inEach(path, (place) => root.remove(place)),
    symlink: (path, target) => inEach(path, (place) => root.symlink(place, target)),
    makeImmutable: (path) => inEach(path, (place) => root.makeImmutable(place)),
  };
};
