import { existsSync } from "node:fs";
import { join } from "node:path";
import { BudgetError } from "../../core/errors.ts";
import { bootDifference, type CountedBoots } from "../../report/boot-difference.ts";
import { readBootFacts } from "../../results/boot-facts.ts";
import { readRun } from "../../results/read-run.ts";
import type { RunRecord } from "../../results/run-record.ts";
import { runImage } from "../run/run-image.ts";

export interface CompareOptions {
  readonly repeat: number;
  /** Directory for the runs of images that are booted; default below bootwright-runs/. */
  readonly out?: string;
}

/**
 * Counts the boots of two images, or takes those of run directories, and prints what the second does more or less.
 * @throws {BudgetError} when one has no counted boot, or they were counted with different emulators or options.
 */
export const compareBoots = async (
  a: string,
  b: string,
  { repeat, out }: CompareOptions,
): Promise<void> => {
  const parent =
    out ?? join("bootwright-runs", `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-compare`);
  const before = await countedBoots(a, { repeat, out: join(parent, "a") });
  const after = await countedBoots(b, { repeat, out: join(parent, "b") });
  refuseUnlike(before, after);
  process.stdout.write(`${bootDifference(before, after).join("\n")}\n`);
};

const countedBoots = async (
  spec: string,
  { repeat, out }: { readonly repeat: number; readonly out: string },
): Promise<CountedBoots> => {
  const isRecorded = existsSync(join(spec, "run.json"));
  if (!isRecorded) await bootImage(spec, repeat, out);
  const directory = isRecorded ? spec : out;
  const { run } = readRun(directory);
  const boots = run.boots.filter(
    ({ state, timeline }) => state === "pass" && timeline?.measure === "cost",
  );
  const [first] = boots;
  if (first === undefined)
    throw new BudgetError(`${directory} has no counted boot that passed${whyNot(run)}`, {
      hint: "Name images, or directories of `bootwright run IMAGE --suite boot-time --measure cost`",
    });
  return {
    label: isRecorded ? directory : spec,
    timelines: boots.flatMap(({ timeline }) => timeline ?? []),
    facts: readBootFacts(join(directory, "boots", first.id)),
  };
};

const bootImage = async (image: string, repeat: number, out: string): Promise<void> => {
  await runImage({
    ...{ image, out, repeat, measure: "cost", suite: ["boot-time"], boot: true, level: "quick" },
    ...{ accel: "auto", transport: "port", grep: "^boot-time/cost/total$" },
  });
};

const whyNot = ({ boots }: RunRecord): string => {
  const reason = boots.find(({ failure }) => failure !== undefined)?.failure?.reason;
  return reason === undefined ? "" : `: ${reason}`;
};

const refuseUnlike = (a: CountedBoots, b: CountedBoots): void => {
  const digests = [a, b].map(({ timelines }) => timelines[0]?.comparability ?? "unknown");
  if (digests[0] === digests[1]) return;
  throw new BudgetError(
    `Counts of ${a.label} (${digests[0]}) and ${b.label} (${digests[1]}) cannot be compared: another QEMU, firmware, option string or counter`,
    { hint: "Boot both again with the same emulator: name the images in place of the directories" },
  );
};
