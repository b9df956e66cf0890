import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BaseRepository, imageRef } from "../base-repository.ts";
import { initRepository, ostreeIn } from "../ostree.ts";

/** The repository of an image that has just what a release may change. */
export const smallRepository = async (workDir: string): Promise<BaseRepository> => {
  const tree = join(workDir, "tree");
  const files = {
    README: "of v1\n",
    "usr/etc/gone.conf": "gone\n",
    "usr/etc/host.conf": "multi on\n",
    "usr/lib/gone": "gone\n",
    "usr/lib/modules/6.1-cloud/initramfs.img": "1234",
    "usr/lib/modules/6.1-cloud/vmlinuz": "kernel",
    "usr/lib/os-release": "ID=debian\nVARIANT_ID=reference\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const repo = join(workDir, "base");
  await initRepository(repo, "bare");
  const commit = await ostreeIn(
    repo,
    ...["commit", `--branch=${imageRef}`, `--tree=dir=${tree}`, "--no-bindings"],
    ...["--owner-uid=0", "--owner-gid=0", "--timestamp=@1735689600"],
  );
  return { repo, commit: commit.trim() };
};
