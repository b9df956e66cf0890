import { factText } from "../fact-text.ts";
import type { ServicesFact, SocketFact } from "../image-facts.ts";
import type { ImageView } from "../image-view.ts";
import type { ScannedFiles } from "../programs/scan-files.ts";
import { startReferences } from "./start-references.ts";
import { parseSettings } from "./unit-file.ts";
import { readUnitTree, type UnitTree } from "./unit-tree.ts";

const gettyUnit = /^(?:(?:serial-|console-|container-)?getty(?:@.*)?\.(?:service|target))$/;
const gettyGenerators = [
  "/etc/systemd/system-generators/systemd-getty-generator",
  "/usr/lib/systemd/system-generators/systemd-getty-generator",
];

export const serviceFacts = (view: ImageView, scanned: ScannedFiles): ServicesFact => {
  const tree = readUnitTree(view);
  const wants = tree.wants.filter(({ unit }) => !tree.masked.has(unit));
  const enabled = new Set(wants.map(({ unit }) => unit));
  const generator = gettyGenerator(view);
  return {
    units: tree.units.size,
    enabled: unique(
      wants.map(({ unit, by }) => ({
        unit: factText(unit),
        by: factText(by),
        isPresent: tree.units.has(unit) || tree.units.has(unit.replace(/@.*\./, "@.")),
      })),
    ),
    masked: [...tree.masked].map(factText).toSorted(),
    sockets: sockets(view, tree, enabled),
    getty: {
      enabled: [...enabled]
        .filter((unit) => gettyUnit.test(unit))
        .map(factText)
        .toSorted(),
      ...(generator === undefined ? {} : { generator }),
    },
    references: startReferences(view, tree, scanned),
  };
};

/** The one in /etc hides the one in /usr; a link to /dev/null turns it off: systemd.generator(7). */
const gettyGenerator = (view: ImageView): string | undefined => {
  for (const path of gettyGenerators) {
    if (view.resolve(path, { lastLink: "kept" }).kind !== "found") continue;
    const found = view.resolve(path);
    return found.kind === "found" && found.node.kind === "file" ? path : undefined;
  }
  return undefined;
};

const sockets = (
  view: ImageView,
  { texts, masked }: UnitTree,
  enabled: ReadonlySet<string>,
): readonly SocketFact[] =>
  texts
    .filter(({ unit }) => unit.endsWith(".socket") && !masked.has(unit))
    .flatMap(({ path, unit }) =>
      parseSettings(view.textOf(path) ?? "")
        .filter(
          ({ section, key, value }) => section === "Socket" && /^Listen/.test(key) && value !== "",
        )
        .map(({ key, value }) => ({
          unit: factText(unit),
          kind: key,
          address: factText(value),
          isEnabled: enabled.has(unit),
        })),
    );

const unique = <Item extends { readonly unit: string; readonly by: string }>(
  items: readonly Item[],
): readonly Item[] => {
  const byKey = new Map(items.map((item) => [`${item.unit}\0${item.by}`, item]));
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
};
