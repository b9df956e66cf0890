import type { Ext4Edit } from "./ext4-edit.ts";

/** A file of one of the node's file systems. */
export interface NodeFile {
  readonly files: Ext4Edit;
  readonly path: string;
}

/** A line that starts the kernel, with its arguments after `start`. */
export interface KernelLine extends NodeFile {
  readonly start: string;
}

/** What mutants change in a built node, wherever its kind of root keeps that. */
export interface NodeFiles {
  /** The path of the whole disk. */
  readonly disk: string;
  /** Paths are those of the running system. */
  readonly root: Ext4Edit;
  readonly initrd: NodeFile;
  /** The one that is booted. */
  readonly kernel: NodeFile;
  /** Each states the same arguments. */
  readonly kernelLines: readonly KernelLine[];
}

/** A node whose root partition is the root directory. */
export const plainNode = (disk: string, root: Ext4Edit): NodeFiles => ({
  disk,
  root,
  initrd: { files: root, path: "/boot/initrd.img" },
  kernel: { files: root, path: "/boot/vmlinuz" },
  kernelLines: [{ files: root, path: "/boot/grub/grub.cfg", start: "\nlinux /boot/vmlinuz " }],
});
