import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";

const root = join(import.meta.dirname, "..", "..", "..", "suites");

/** The suites that there are: the folders of `suites/` that hold suite files. */
const suiteNames = (): readonly string[] =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => filesOf(name).length > 0)
        .toSorted()
    : [];

/**
 * The files of the named suites.
 * @throws {UsageError} naming the suites that exist, when one is not among them.
 */
export const suiteFiles = (names: readonly string[]): readonly string[] => {
  const known = suiteNames();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no suite ${unknown.map((name) => JSON.stringify(name)).join(", ")}`,
      {
        hint: `Suites are: ${known.join(", ")}`,
      },
    );
  }
  return names.flatMap(filesOf);
};

const filesOf = (name: string): string[] => {
  const folder = join(root, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".suite.ts"))
    .map((file) => join(folder, file));
};
