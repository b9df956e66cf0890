import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageFile } from "../mutant.ts";
import { type MenuHome, menuSearch } from "./grub.ts";
import { packageFile } from "./package-file.ts";

/** A file on the host and its path on the EFI system partition. */
export interface EspFile {
  readonly source: string;
  readonly path: string;
}

/**
 * Debian's shim, which bears Microsoft's signature, starts the GRUB beside it that Debian signed, and that a kernel that
 * Debian signed: firmware with the keys of bought machines lets each of them run. Under the name BOOTX64.EFI firmware finds
 * it without a boot entry of its own (UEFI 2.10, section 3.5.1.1).
 */
const signedPrograms: readonly (PackageFile & { readonly path: string })[] = [
  {
    package: "shim-signed",
    from: "/usr/lib/shim/shimx64.efi.signed",
    path: "EFI/BOOT/BOOTX64.EFI",
  },
  {
    package: "grub-efi-amd64-signed",
    from: "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
    path: "EFI/BOOT/grubx64.efi",
  },
];

/** Where the signed GRUB looks for its configuration, whoever uses it: grub2's debian/build-efi-images. */
const configurationPath = "EFI/debian/grub.cfg";

/** What boots a node by UEFI, under Secure Boot too; nothing in it is built or signed here. */
export const signedLoader = async (
  home: MenuHome,
  workDir: string,
  onLine: (line: string) => void,
): Promise<readonly EspFile[]> => {
  const files: EspFile[] = [];
  for (const { path, ...file } of signedPrograms) {
    files.push(write(path, await packageFile(file, onLine), workDir));
  }
  return [...files, write(configurationPath, menuSearch(home), workDir)];
};

const write = (path: string, content: string | Uint8Array, workDir: string): EspFile => {
  const source = join(workDir, path.replaceAll("/", "-"));
  writeFileSync(source, content);
  return { source, path };
};
