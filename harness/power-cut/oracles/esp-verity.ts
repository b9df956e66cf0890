// An image with sealed slots that systemd-boot starts from an EFI system partition, as `reference-ab`.
import type { Partition } from "../../../images/partition-table.ts";
import { printable } from "../../core/printable.ts";
import type { DiskView } from "../disk-view.ts";
import type { Judgement, Oracle } from "../oracle.ts";
import { entriesOnEsp, optionOf, type SeenBootEntry } from "./esp-menu.ts";
import { readTable, type TableEntry, tableProblems } from "./partition-table.ts";
import { type SlotContent, slotLabel, type VerityRelease } from "./verity-release.ts";

export interface EspOracleOptions {
  readonly old: VerityRelease;
  readonly new: VerityRelease;
  /** Label of the EFI system partition. Default `esp`. */
  readonly esp?: string;
  /** Numbers of the partitions that an updater labels anew. Default: those of roots and hash trees. */
  readonly slots?: readonly number[];
  /** The entry that the firmware's variable LoaderEntryDefault names, as in `os_1.conf`. Default none. */
  readonly chosenEntry?: string;
}

/** Discoverable Partitions Specification: root and root-verity for x86_64, as they stand in a table. */
const slotTypes = ["e3bc684fcde8b14d96e7fbcaf984b709", "ed57732cd2ebd946aec123d437ec2bf5"];

export const espVerityOracle = (options: EspOracleOptions): Oracle => ({
  name: "esp and verity",
  judge: async (view) => {
    const esp = view.partitions.find(({ label }) => label === (options.esp ?? "esp"));
    if (esp === undefined) {
      return { outcome: "no ESP", isWhole: "neither", problems: ["there is no ESP"] };
    }
    const { table: shipped } = options.old;
    const slots = options.slots ?? slotsOf(shipped.entries);
    const problems = tableProblems(view, { shipped, slots });
    const entries = await view.memoised("entries", [esp], () => entriesOnEsp(view, esp));
    return judged(view, chosenFirst(entries, options.chosenEntry), options, problems);
  },
});

const slotsOf = (entries: readonly TableEntry[]): readonly number[] =>
  entries.filter(({ type }) => slotTypes.includes(type)).map(({ number }) => number);

const chosenFirst = (
  entries: readonly SeenBootEntry[],
  chosen: string | undefined,
): readonly SeenBootEntry[] => [
  ...entries.filter(({ id }) => id === chosen),
  ...entries.filter(({ id }) => id !== chosen),
];

const judged = (
  view: DiskView,
  entries: readonly SeenBootEntry[],
  options: EspOracleOptions,
  problems: readonly string[],
): Judgement => {
  const verdicts = entries.map((entry) => entryVerdict(view, entry, options));
  const [first, ...rest] = verdicts;
  const outcome = verdicts.map((one) => one.outcome).join(", then ") || "no entry";
  if (first?.release !== undefined) return { outcome, isWhole: first.release, problems };
  const isDead = rest.every(({ release }) => release === undefined);
  const faults = [...(first?.faults ?? []), ...(isDead ? ["no entry boots"] : [])];
  return { outcome, isWhole: "neither", problems: [...problems, ...faults] };
};

interface EntryVerdict {
  /** That it boots, whole. */
  readonly release: "old" | "new" | undefined;
  readonly outcome: string;
  readonly faults: readonly string[];
}

const entryVerdict = (
  view: DiskView,
  entry: SeenBootEntry,
  options: EspOracleOptions,
): EntryVerdict => {
  const rootHash = optionOf(entry.options, "roothash");
  const name = (["old", "new"] as const).find((one) => options[one].rootHash === rootHash);
  const shown = printable(entry.id, 100);
  const count = entry.triesLeft === undefined ? "" : ` with ${entry.triesLeft} tries left`;
  if (name === undefined) {
    const faults = [`${shown} names the root of neither release`];
    return { release: undefined, outcome: `entry of neither release${count}`, faults };
  }
  const expected = options[name];
  const faults = [
    ...(entry.kernel === expected.kernel ? [] : ["its kernel is not the release's"]),
    ...(JSON.stringify(entry.initrds) === JSON.stringify(expected.initrds)
      ? []
      : ["its initrd is not the release's"]),
    ...slotFaults(view, slotLabel(entry.options, "systemd.verity_root_data"), expected.root),
    ...slotFaults(view, slotLabel(entry.options, "systemd.verity_root_hash"), expected.verity),
  ];
  const isWhole = faults.length === 0;
  return {
    release: isWhole ? name : undefined,
    outcome: `${isWhole ? name : `broken ${name}`}${count}`,
    faults: faults.map((fault) => `${shown}: ${fault}`),
  };
};

/** The label is looked up in the table of the state: it is the kernel's. */
const slotFaults = (
  view: DiskView,
  label: string | undefined,
  { digest, sizeBytes }: SlotContent,
): readonly string[] => {
  const shown = printable(label ?? "no partition", 100);
  const slots = readTable(view)?.entries.filter((one) => one.label === label) ?? [];
  const [slot] = slots;
  if (label === undefined || slot === undefined || slots.length > 1) {
    return [`${shown} is the label of ${slots.length} partitions`];
  }
  const place = placeOf(slot);
  if (place.sizeBytes < sizeBytes) return [`${shown} is too small`];
  return view.rangeDigest(place.startByte, sizeBytes) === digest
    ? []
    : [`${shown} has not the release's bytes`];
};

const placeOf = ({
  firstSector,
  lastSector,
}: TableEntry): Pick<Partition, "startByte" | "sizeBytes"> => ({
  startByte: firstSector * 512,
  sizeBytes: (lastSector - firstSector + 1) * 512,
});
