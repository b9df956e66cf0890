import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { GoProgram } from "./go-program.ts";

const module = "../mutants/programs";

/** A program that only mutants have: from its folder in images/mutants/programs. */
export const mutantProgram = (name: string): GoProgram => ({ module, package: `./${name}`, name });

/** The names of all of them. */
export const mutantProgramNames = (): readonly string[] =>
  readdirSync(join(import.meta.dirname, module), { withFileTypes: true })
    // What they share is in `internal`, as Go has it.
    .filter((entry) => entry.isDirectory() && entry.name !== "internal")
    .map(({ name }) => name)
    .toSorted();
