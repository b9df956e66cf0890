export interface KnownProgram {
  readonly name: string;
  readonly category: ProgramCategory;
  /** Names of files; a trailing * stands for a version. */
  readonly names: readonly string[];
  /** Symbols of its dynamic symbol table, its own or wanted from its library. */
  readonly symbols?: readonly string[];
  /** Starts of the names of libraries that it needs. */
  readonly libraries?: readonly string[];
  /** Text in its data that no other program has. */
  readonly texts?: readonly string[];
}

export const programCategories = [
  "shell",
  "language",
  "package-manager",
  "ssh",
  "login",
  "compiler",
  "debug-tool",
  "network-tool",
  "packer",
  "container-runtime",
] as const;

export type ProgramCategory = (typeof programCategories)[number];
