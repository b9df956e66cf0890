import { plainName } from "./ginkgo-stream.ts";

/** One spec of a program's catalogue, as `ginkgo -dry-run` tells of it. */
export interface CatalogueSpec {
  /** From the outermost group to the innermost. */
  readonly containers: readonly string[];
  readonly text: string;
  readonly labels: readonly string[];
}

/** A spec that this run wants. */
export interface SelectedSpec {
  /** Of its check. */
  readonly id: string;
  /** All its texts, by which ginkgo selects and tells of it. */
  readonly name: string;
}

export const nameOf = ({ containers, text }: CatalogueSpec): string =>
  [...containers, text].join(" ");

/** @throws {Error} when two specs would have one id. */
export const requireOwnIds = <T extends SelectedSpec>(specs: readonly T[]): readonly T[] => {
  const known = new Set<string>();
  for (const { id } of specs) {
    if (known.has(id)) throw new Error(`Two specs have the id ${id}`);
    known.add(id);
  }
  return specs;
};

/** A spec of the list by the name that ginkgo gives it, behind which it writes labels. */
export const findSpec = <T extends Pick<SelectedSpec, "name">>(
  specs: readonly T[],
  printedName: string,
): T | undefined => {
  const printed = plainName(printedName);
  const withoutLabels = printed.replace(/ \[[^\]]*\]$/, "");
  return (
    specs.find(({ name }) => plainName(name) === printed) ??
    specs.find(({ name }) => plainName(name) === withoutLabels)
  );
};

/** What `-ginkgo.focus` takes for exactly these specs: ginkgo compares with the suite's name and all texts of a spec. */
export const focusOf = (specs: readonly SelectedSpec[]): string =>
  `(?:${specs.map(({ name }) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})$`;
