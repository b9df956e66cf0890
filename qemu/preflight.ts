import { tmpdir } from "node:os";
import { cacheDir } from "../harness/core/cache-dir.ts";
import { GiB, MiB } from "../harness/core/units.ts";
import type { PreflightCheck } from "./preflight/check.ts";
import { cacheDirectoryCheck, freeSpaceCheck, socketPathCheck } from "./preflight/directories.ts";
import { kvmCheck } from "./preflight/kvm.ts";
import { memoryCheck } from "./preflight/memory.ts";
import {
  compilerCheck,
  etcdCheck,
  mke2fsCheck,
  mmdebstrapCheck,
  nodeCheck,
} from "./preflight/programs.ts";
import {
  qemuCheck,
  qemuImgCheck,
  secureBootFirmwareCheck,
  swtpmCheck,
  uefiFirmwareCheck,
} from "./preflight/qemu.ts";

/** All checks, in the order in which they are told. Whether KVM really works is `chooseAccelerator`'s answer. */
export const preflightChecks = (): readonly PreflightCheck[] => [
  nodeCheck,
  qemuCheck,
  qemuImgCheck,
  uefiFirmwareCheck,
  secureBootFirmwareCheck,
  swtpmCheck,
  kvmCheck,
  memoryCheck,
  cacheDirectoryCheck,
  freeSpaceCheck("cache-space", "Free space for images and overlays", cacheDir, {
    enoughBytes: 8 * GiB,
    leastBytes: 2 * GiB,
  }),
  // A run needs little there; mmdebstrap unpacks a root file system in it.
  freeSpaceCheck("tmp-space", "Free space for building images in TMPDIR", tmpdir, {
    enoughBytes: 2 * GiB,
    leastBytes: 4 * MiB,
  }),
  socketPathCheck,
  mke2fsCheck,
  mmdebstrapCheck,
  compilerCheck,
  etcdCheck,
];
