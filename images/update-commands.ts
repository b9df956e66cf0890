/**
 * How an updater that no driver knows is called in the guest; the manifest's key `updateCommands`. In each word `%d` stands for
 * the directory in which the payload is mounted, `%i` for the identity of the release, `%v` for its version, `%n` for its name; a word with `%k` is
 * repeated for each argument that the release's kernel is started with, which `%k` stands for.
 */
export interface UpdateCommands {
  /** Programs that bring the release to the disk, one after another; the running system stays what it is. Default none. */
  readonly stage: readonly Command[];
  /** From then on the next boot starts the release. */
  readonly activate: readonly Command[];
  /** From then on the next boot starts the release that ran before. */
  readonly rollBack: readonly Command[];
  /** What tells which release runs. */
  readonly version: Reading;
  /** What lists the releases that can be booted, that of the next boot first. Absent: nothing does. */
  readonly entries?: Reading;
}

/** A program's absolute path and its arguments. */
export type Command = readonly string[];

export interface Reading {
  readonly argv: Command;
  /** A regular expression for its output, of which `^` and `$` fit each line; its first group is an identity. */
  readonly match: string;
}
