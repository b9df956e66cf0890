import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InternalError } from "../../harness/core/errors.ts";
import { packReadOnlyDisk } from "../payload/conformance/read-only-disk.ts";
import { imageRef } from "./base-repository.ts";
import type { ReleaseCommit } from "./commit-release.ts";
import { initRepository, ostreeIn, pullLocal } from "./ostree.ts";

/**
 * Makes the disk that an updater in the guest reads a release from: `/repo` with the whole commit and its branch, `/commit` and
 * `/kernel-arguments`, one a line.
 */
export const buildPayloadDisk = async (
  { repo, commit, kernelArguments }: ReleaseCommit,
  ref: string = imageRef,
  { diskPath, workDir }: { readonly diskPath: string; readonly workDir: string },
): Promise<void> => {
  const root = join(workDir, "payload");
  mkdirSync(root);
  const offered = join(root, "repo");
  await initRepository(offered, "archive");
  // Of 333 MB, the first level makes 159 in 3 s (2026-11-30).
  await ostreeIn(offered, "config", "set", "archive.zlib-level", "1");
  await pullLocal(repo, offered, ref);
  writeFileSync(join(root, "commit"), `${commit}\n`);
  writeFileSync(join(root, "kernel-arguments"), kernelArguments.map((a) => `${a}\n`).join(""));
  await packReadOnlyDisk(root, diskPath, { label: "update", workDir });
};

/** A file of the release's repository, as its payload calls it, that is not in the image's: os-release at least differs. */
export const ownObject = (baseRepo: string, repo: string): string => {
  const known = new Set(filesOf(baseRepo));
  const own = filesOf(repo).find((name) => !known.has(name));
  if (own === undefined) throw new InternalError("A release has no file that its image lacks");
  return `/repo/objects/${own}z`;
};

const filesOf = (repo: string): readonly string[] =>
  readdirSync(join(repo, "objects"), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".file") && isFileWithContent(join(repo, "objects", name)))
    .toSorted();

const isFileWithContent = (path: string): boolean => {
  const facts = lstatSync(path);
  return facts.isFile() && facts.size > 0;
};
