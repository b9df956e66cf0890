/** Something in the image that could not be read as it should be. The rest of the facts holds without it. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Path in the inspected root, or what else names the place. */
  readonly where: string;
  readonly message: string;
}

export const problemKinds = [
  "corrupt-directory",
  "directory-loop",
  "duplicate-name",
  "too-deep",
  "too-large",
  "unreadable-link",
  "unreadable-file",
  "damaged-elf",
  "unreadable-initrd",
  "second-database",
  "journal-not-replayed",
] as const;

type ProblemKind = (typeof problemKinds)[number];
