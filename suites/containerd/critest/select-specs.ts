import { toCheckId } from "../../../harness/index.ts";
import {
  type CatalogueSpec,
  nameOf,
  requireOwnIds,
  type SelectedSpec,
} from "../../conformance/selected-spec.ts";

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
): readonly SelectedSpec[] =>
  requireOwnIds(
    catalogue
      .map((spec) => ({ id: idOf(spec), name: nameOf(spec) }))
      .filter(({ name }) => levels[level].test(name) && !benchmark.test(name))
      .filter(({ id }) => isWanted(id)),
  );

const idOf = ({ containers, text }: CatalogueSpec): string =>
  toCheckId("containerd", "critest", ...[...containers, text].map(withoutTags));

const withoutTags = (text: string): string =>
  text
    .replaceAll(/\[(?:k8s\.io|Conformance)\]/g, "")
    .replaceAll("/", "-")
    .trim();
