import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { type CpioEntry, cpioArchive } from "./cpio.ts";
import { runMmdebstrap } from "./mmdebstrap.ts";

/** In loading order; Debian's cloud kernel has the rest of what `probe` needs built in. */
const modules = ["drivers/block/virtio_blk.ko"];

/**
 * The smallest guest: Debian's cloud kernel with the agent as its init. The package is unpacked, not installed.
 * @throws {ImageError} IMAGE_BUILD when the kernel package is not laid out as expected.
 */
export const buildProbeImage = async (options: {
  readonly outDir: string;
  readonly workDir: string;
  readonly agentPath: string;
  readonly onLine: (line: string) => void;
}): Promise<{ readonly kernel: string; readonly initrd: string }> => {
  const root = join(options.workDir, "kernel-package");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  await runMmdebstrap(
    [
      ...["--variant=extract", '--aptopt=APT::Install-Recommends "false"'],
      ...["--include=linux-image-cloud-amd64", "trixie", root],
      ...(mirror === undefined ? [] : [mirror]),
    ],
    { workDir: options.workDir, timeoutMs: 600_000, onLine: options.onLine },
  );
  const release = readdirSync(join(root, "usr/lib/modules"))[0];
  if (release === undefined) throw new ImageError("IMAGE_BUILD", `No kernel modules below ${root}`);
  const kernel = join(options.outDir, "vmlinuz");
  copyFileSync(join(root, "boot", `vmlinuz-${release}`), kernel);
  const entries: CpioEntry[] = [
    { name: "init", mode: 0o100755, data: readFileSync(options.agentPath) },
    ...["dev", "proc", "sys", "run", "tmp", "modules"].map((name) => ({
      name,
      mode: 0o040755,
      data: new Uint8Array(),
    })),
  ];
  for (const [index, module] of modules.entries()) {
    const file = join(root, "usr/lib/modules", release, "kernel", module);
    const name = `modules/${String(index).padStart(2, "0")}-${module.split("/").at(-1)}`;
    entries.push({ name, mode: 0o100644, data: await unpackedModule(file, options.workDir) });
  }
  const initrd = join(options.outDir, "initrd");
  writeFileSync(initrd, cpioArchive(entries));
  rmSync(root, { recursive: true });
  return { kernel, initrd };
};

const unpackedModule = async (file: string, workDir: string): Promise<Uint8Array> => {
  if (existsSync(file)) return readFileSync(file);
  const packed = join(workDir, "module.xz");
  copyFileSync(`${file}.xz`, packed);
  await exec("xz", ["--decompress", "--keep", "--force", packed]);
  return readFileSync(join(workDir, "module"));
};
