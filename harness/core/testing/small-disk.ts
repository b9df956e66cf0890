import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** A file system of a few KiB, for a disk that is full; unmounted when disposed. */
export interface SmallDisk extends Disposable {
  readonly path: string;
}

/** undefined where this process may not mount (not root, or a container without CAP_SYS_ADMIN). */
export const smallDisk = (path: string, sizeKiB: number): SmallDisk | undefined => {
  mkdirSync(path, { recursive: true });
  const options = ["-t", "tmpfs", "-o", `size=${sizeKiB}k,mode=1777`, "tmpfs", path];
  if (spawnSync("mount", options).status !== 0) return undefined;
  return { path, [Symbol.dispose]: () => void spawnSync("umount", ["--lazy", path]) };
};
