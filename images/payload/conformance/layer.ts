// Beside packLayer of images/builder and not in it: that one gives all files the mode of an ordinary file or program, and
// what stands there is part of every image's key.
import { chmodSync, copyFileSync, linkSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exec } from "../../../harness/core/exec.ts";
import { tempDir } from "../../../harness/core/tmp.ts";
import { sourceDateEpoch } from "../../builder/mmdebstrap.ts";

/** What a layer has at a path; all of it belongs to root. Directories above it are made, with mode 0755. */
export type LayerEntry = { readonly path: string } & (
  | { readonly kind: "file"; readonly copyOf: string; readonly mode: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "directory"; readonly mode: number }
  /** One more name of a file that stands before it in the list. */
  | { readonly kind: "hard-link"; readonly to: string }
);

/** Writes a layer as a tar archive: whoever packs it, wherever and whenever, the same entries give the same bytes. */
export const packEntries = async (
  entries: readonly LayerEntry[],
  tarPath: string,
): Promise<void> => {
  await using staged = await tempDir("bw-layer", dirname(tarPath));
  for (const entry of entries) stage(staged.path, entry);
  await exec("tar", [
    ...["--create", `--file=${tarPath}`, `--directory=${staged.path}`, "--format=ustar"],
    ...["--sort=name", `--mtime=@${sourceDateEpoch}`, "--owner=0", "--group=0", "--numeric-owner"],
    ...["--", ...readdirSync(staged.path).toSorted()],
  ]);
};

// Every mode is set: the builder's umask, and the setgid bit of the directory above, are in none.
const stage = (root: string, entry: LayerEntry): void => {
  const path = join(root, entry.path);
  makeFoldersAbove(root, entry.path);
  switch (entry.kind) {
    case "file":
      copyFileSync(entry.copyOf, path);
      chmodSync(path, entry.mode);
      break;
    case "text":
      writeFileSync(path, entry.text);
      chmodSync(path, 0o644);
      break;
    case "directory":
      mkdirSync(path, { recursive: true });
      chmodSync(path, entry.mode);
      break;
    case "hard-link":
      linkSync(join(root, entry.to), path);
      break;
  }
};

const makeFoldersAbove = (root: string, path: string): void => {
  let folder = root;
  for (const name of path.split("/").slice(0, -1)) {
    folder = join(folder, name);
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  }
};
