import { toCheckId } from "../../../harness/index.ts";

/** One spec of critest's catalogue, as `ginkgo -dry-run` tells of it. */
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

type Level = "quick" | "standard" | "full";

/** Which specs a level has, by their names. Benchmarks measure and judge nothing. */
const levels: Readonly<Record<Level, RegExp>> = {
  quick: /\] (?:Runtime info|PodSandbox runtime should support basic operations on PodSandbox) /,
  standard: /\[Conformance\]/,
  full: /./,
};

const benchmark = /\bbenchmark\b/;

/** @throws {Error} when two specs would have one id. */
export const selectSpecs = (
  catalogue: readonly CatalogueSpec[],
  level: Level,
  isWanted: (id: string) => boolean,
): readonly SelectedSpec[] => {
  const specs = catalogue
    .map((spec) => ({ id: idOf(spec), name: [...spec.containers, spec.text].join(" ") }))
    .filter(({ name }) => levels[level].test(name) && !benchmark.test(name))
    .filter(({ id }) => isWanted(id));
  const twice = specs.find(({ id }, index) => specs.findIndex((other) => other.id === id) < index);
  if (twice !== undefined) throw new Error(`Two specs have the id ${twice.id}`);
  return specs;
};

const idOf = ({ containers, text }: CatalogueSpec): string =>
  toCheckId("containerd", "critest", ...[...containers, text].map(withoutTags));

const withoutTags = (text: string): string =>
  text
    .replaceAll(/\[(?:k8s\.io|Conformance)\]/g, "")
    .replaceAll("/", "-")
    .trim();

/** A spec of the list by the name that ginkgo gives it, behind which it writes labels. */
export const findSpec = (
  specs: readonly SelectedSpec[],
  printedName: string,
): SelectedSpec | undefined =>
  specs.find(({ name }) => name === printedName) ??
  specs.find(({ name }) => name === printedName.replace(/ \[[^\]]*\]$/, ""));

/** What `-ginkgo.focus` takes for exactly these specs: ginkgo compares with the suite's name and all texts of a spec. */
export const focusOf = (specs: readonly SelectedSpec[]): string =>
  `(?:${specs.map(({ name }) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})$`;
