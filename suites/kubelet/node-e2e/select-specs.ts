import { type NodeTests, toCheckId } from "../../../harness/index.ts";
import {
  type CatalogueSpec,
  nameOf,
  requireOwnIds,
  type SelectedSpec,
} from "../../conformance/selected-spec.ts";

type Selection = NodeTests["selection"];

export interface NodeSpec extends SelectedSpec {
  /** `standalone`: with a kubelet that has no API server; a program that is told so runs no other ones. */
  readonly mode: "standalone" | "joined";
}

/** The specs of a level that a run wants. @throws {Error} when two specs would have one id. */
export const selectSpecs = (
  catalogue: readonly CatalogueSpec[],
  selection: Selection,
  {
    level,
    isWanted,
  }: { readonly level: "standard" | "full"; readonly isWanted: (id: string) => boolean },
): readonly NodeSpec[] => {
  const standard = new RegExp(selection.standard.join("|"));
  return requireOwnIds(
    catalogue
      .filter((spec) => whyLeftOut(spec, selection) === undefined)
      .filter((spec) => level === "full" || standard.test(nameOf(spec)))
      .map((spec) => ({ id: idOf(spec), name: nameOf(spec), mode: modeOf(spec) }))
      .filter(({ id }) => isWanted(id)),
  );
};

/** Why a spec is not run at any level; undefined where it is run at level full. */
export const whyLeftOut = (
  spec: CatalogueSpec,
  { leftOut }: Pick<Selection, "leftOut">,
): string | undefined =>
  leftOut.find(
    ({ match, label, withoutLabels }) =>
      (match === undefined || new RegExp(match).test(nameOf(spec))) &&
      (label === undefined || spec.labels.includes(label)) &&
      (withoutLabels === undefined || !withoutLabels.some((one) => spec.labels.includes(one))),
  )?.reason;

const modeOf = ({ labels }: CatalogueSpec): NodeSpec["mode"] =>
  labels.includes("Feature:StandaloneMode") ? "standalone" : "joined";

/** `[sig-node] Pods should …` becomes `node/pods/should-…`: two groups of one name belong to two SIGs. */
const idOf = ({ containers, text }: CatalogueSpec): string => {
  const [, sig = "other"] = /^\[sig-([a-z-]+)\]/.exec(containers[0] ?? "") ?? [];
  const parts = [...containers, text].map(withoutTags).filter((part) => part !== "");
  return toCheckId("kubelet", "node-e2e", sig, ...parts);
};

const withoutTags = (text: string): string =>
  text
    .replaceAll(/\[[\w:.-]+\]/g, "")
    .replaceAll("/", " ")
    .replaceAll(/\s+/g, " ")
    .trim();
