import { closeSync, ftruncateSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../../harness/core/exec.ts";
import { toolPath } from "../../../harness/core/tool.ts";
import { MiB } from "../../../harness/core/units.ts";
import { sourceDateEpoch } from "../../builder/mmdebstrap.ts";
import { packLayer } from "../../builder/oci-layout.ts";

/**
 * Makes an ext4 file system of all that is in a directory, without root and without mounts. Everything on it belongs to root
 * and nothing names the time or the builder, so the same files give the same bytes.
 */
export const packReadOnlyDisk = async (
  root: string,
  diskPath: string,
  { label, workDir }: { readonly label: string; readonly workDir: string },
): Promise<void> => {
  // mke2fs reads an archive itself since 1.47.1, and a directory's owners, times and order of names are not what we want.
  const archive = join(workDir, "root.tar");
  await packLayer(root, archive);
  const disk = openSync(diskPath, "wx", 0o644);
  // A sixteenth and some room for inode tables.
  ftruncateSync(disk, Math.ceil((statSync(archive).size * 17) / 16 / MiB + 8) * MiB);
  closeSync(disk);
  await exec(
    toolPath("mke2fs"),
    [
      // No journal: it is never written to.
      ...["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-L", label, "-d", archive],
      ...["-U", "b0075001-0000-4000-8000-0000000000c0"],
      ...["-E", "hash_seed=b0075001-0000-4000-8000-0000000000c1,lazy_itable_init=0"],
      diskPath,
    ],
    { env: { SOURCE_DATE_EPOCH: sourceDateEpoch } },
  );
};
