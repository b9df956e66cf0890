import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";

const root = join(import.meta.dirname, "..", "..", "..", "suites");

/**
 * What the checks of a suite file look at, in the order in which they run; the file's name says it, as in
 * `NAME.image.suite.ts`.
 * - `image`         the image's file, before there is a machine
 * - `booted`        the shared machine
 * - `late`          the same, for what others would see in its memory and tasks: programs of tens of MiB, kernel modules
 * - `shared-trial`  trials that go on with the shared machine or its disks
 * - `trial`         trials on machines of their own; the shared one makes room for them
 * - `upgrade`       the same with other releases of the image, which are built before the run
 * - `conformance`   the same with the conformance payload, which is built before the run
 * - `stopped`       the disks of the shared machine
 */
export const suiteKinds = [
  "image",
  "booted",
  "late",
  "shared-trial",
  "trial",
  "upgrade",
  "conformance",
  "stopped",
] as const;

export const suiteKindOf = (path: string): (typeof suiteKinds)[number] =>
  suiteKinds.find((kind) => path.endsWith(`.${kind}.suite.ts`)) ?? "booted";

/**
 * The files of a run. The suite `boot` is part of every run that boots; one that only looks at the image's file does not,
 * nor does one for certain checks (`trialsOf`) of which none is in it.
 * @throws {UsageError} naming the suites that exist, when one is not among them; for `boot: false`, when nothing is left.
 */
export const selectSuiteFiles = (
  names: readonly string[],
  { boot, trialsOf }: { readonly boot: boolean; readonly trialsOf?: readonly string[] },
): readonly string[] => {
  const files = suiteFiles(names);
  const ofImage = files.filter((file) => suiteKindOf(file) === "image");
  if (boot) {
    const isBooted = files.length === 0 || ofImage.length < files.length;
    const isWanted = isBooted && (trialsOf?.some((id) => id.startsWith("boot/")) ?? true);
    return isWanted ? suiteFiles([...new Set(["boot", ...names])]) : files;
  }
  if (ofImage.length > 0) return ofImage;
  const which = names.length === 0 ? "No suite is selected" : `Of ${names.join(", ")} none`;
  throw new UsageError(`${which} looks at the image's file alone, so --no-boot leaves nothing`, {
    hint: `Leave --no-boot out, or name a suite with such checks: ${imageSuiteNames().join(", ")}`,
  });
};

const imageSuiteNames = (): readonly string[] =>
  suiteNames().filter((name) => filesOf(name).some((file) => suiteKindOf(file) === "image"));

/** The suites that there are: the folders of `suites/` that hold suite files. */
const suiteNames = (): readonly string[] =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => filesOf(name).length > 0)
        .toSorted()
    : [];

const suiteFiles = (names: readonly string[]): readonly string[] => {
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
