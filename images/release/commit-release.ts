import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { applyChanges } from "../builder/apply-changes.ts";
import { sourceDateEpoch } from "../builder/mmdebstrap.ts";
import { onlyMatch } from "../builder/only-match.ts";
import { programContent } from "../builder/program-content.ts";
import type { RecipeChange } from "../mutant.ts";
import { type BaseRepository, imageRef } from "./base-repository.ts";
import { type CommitFiles, commitFiles } from "./commit-files.ts";
import { filler, fillerPath } from "./filler.ts";
import { kernelLine } from "./kernel-line.ts";
import { initRepository, ostreeIn, pullLocal } from "./ostree.ts";
import type { StatedRelease } from "./stated-release.ts";

/** A release as a commit in a bare repository. */
export interface ReleaseCommit {
  readonly repo: string;
  readonly commit: string;
  readonly kernelArguments: readonly string[];
}

export interface CommitOptions {
  /** All that the release changes in the image's commit, in order. */
  readonly changes: readonly RecipeChange[];
  /** Those of the image. */
  readonly kernelArguments: readonly string[];
  readonly workDir: string;
  readonly onLine: (line: string) => void;
}

/** Makes the commit of a release: that of the image, with changed files laid over it and others left out. */
export const commitRelease = async (
  base: BaseRepository,
  release: StatedRelease,
  { changes, kernelArguments, workDir, onLine }: CommitOptions,
): Promise<ReleaseCommit> => {
  const repo = join(workDir, "repo");
  await initRepository(repo, "bare");
  await pullLocal(base.repo, repo, base.commit);
  const folder = join(workDir, "changed");
  mkdirSync(folder);
  const edited = commitFiles(repo, base.commit, folder);
  const kernel = kernelLine(kernelArguments);
  const node = {
    ...{ disk: "", root: edited.files, kernelLines: [kernel.line] },
    initrd: { files: edited.files, path: await inModules(edited, "initramfs.img") },
    kernel: { files: edited.files, path: await inModules(edited, "vmlinuz") },
  };
  const contentOf = (source: Parameters<typeof programContent>[0]): Promise<Uint8Array> =>
    programContent(source, onLine);
  await applyChanges(node, changes.filter(isInCommit), contentOf);
  await stateVersion(edited, release.version);
  if (release.fillerMiB !== undefined)
    await edited.files.write(fillerPath, filler(release.fillerMiB), 0o644);
  const commit = await commitChanged(repo, base.commit, { edited, folder, release, workDir });
  return { repo, commit, kernelArguments: kernel.after() };
};

/** Boot code is no part of a commit; a capability is, but an archive of files cannot carry it. */
const isInCommit = ({ kind }: RecipeChange): boolean => {
  if (kind !== "grant-capability") return kind !== "stall-boot-code";
  throw new ImageError("IMAGE_BUILD", "A release cannot have a file with a capability", {
    hint: "Update an image that grants none",
  });
};

const inModules = async ({ files }: CommitFiles, name: string): Promise<string> =>
  onlyMatch(files, `/usr/lib/modules/*/${name}`);

const osRelease = "/usr/lib/os-release";

const stateVersion = async ({ files }: CommitFiles, version: string): Promise<void> => {
  const lines = (await files.read(osRelease)).split("\n");
  const kept = lines.filter((line) => line !== "" && !line.startsWith("IMAGE_VERSION="));
  await files.write(osRelease, `${[...kept, `IMAGE_VERSION=${version}`].join("\n")}\n`, 0o644);
};

const secondsOfDay = 86_400;

const commitChanged = async (
  repo: string,
  base: string,
  {
    edited,
    folder,
    release,
    workDir,
  }: {
    readonly edited: CommitFiles;
    readonly folder: string;
    readonly release: StatedRelease;
    readonly workDir: string;
  },
): Promise<string> => {
  const names = join(workDir, "changed-names");
  // Without the folders above: those of the commit keep their modes.
  writeFileSync(
    names,
    edited
      .changed()
      .map((path) => `.${path}\0`)
      .toSorted()
      .join(""),
  );
  const archive = join(workDir, "changed.tar");
  await exec("tar", [
    ...["--create", `--file=${archive}`, `--directory=${folder}`, "--format=posix"],
    ...["--owner=0", "--group=0", "--numeric-owner", `--mtime=@${sourceDateEpoch}`],
    ...["--no-recursion", "--null", `--files-from=${names}`],
  ]);
  const skipped = join(workDir, "removed-names");
  writeFileSync(
    skipped,
    edited
      .removed()
      .map((path) => `${path}\n`)
      .join(""),
  );
  const seconds = Number(sourceDateEpoch) + release.daysLater * secondsOfDay;
  const printed = await ostreeIn(
    repo,
    ...["commit", `--branch=${release.ref ?? imageRef}`, `--parent=${base}`, "--fsync=false"],
    ...[`--tree=ref=${base}`, `--tree=tar=${archive}`, "--tar-autocreate-parents"],
    ...[`--skip-list=${skipped}`, `--timestamp=@${seconds}`, `--subject=${release.title}`],
    `--add-metadata-string=version=${release.version}`,
  );
  return printed.trim();
};
