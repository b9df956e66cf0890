import { UsageError } from "../core/errors.ts";
import type { MutantsRecord } from "./mutants-record.ts";

/**
 * One record of the shards of a whole run, in the order in which they are given.
 * @param all the images of all mutants there are.
 * @throws {UsageError} when they are not of one version and level, one mutant is in two of them or in none, or the unchanged
 * images are in none.
 */
export const mergeMutants = (
  shards: readonly MutantsRecord[],
  all: readonly string[],
): MutantsRecord => {
  const [first] = shards;
  if (first === undefined) throw new UsageError("Nothing to merge: no mutants.json was given");
  const other = shards.find(
    ({ toolVersion, level }) => toolVersion !== first.toolVersion || level !== first.level,
  );
  if (other !== undefined) {
    throw new UsageError(
      `A run at level ${other.level} by ${other.toolVersion} cannot be merged with one at level ${first.level} by ${first.toolVersion}`,
    );
  }
  const controls = shards.flatMap((shard) => shard.controls);
  const mutants = shards.flatMap((shard) => shard.mutants);
  const images = [...controls, ...mutants].map(({ image }) => image);
  const twice = images.find((image, at) => images.indexOf(image) < at);
  if (twice !== undefined)
    throw new UsageError(`${twice} is in more than one of the files to merge`);
  const withoutMutant = shards.find((shard) => shard.withoutMutant !== undefined)?.withoutMutant;
  const missing = all.filter((image) => !images.includes(image));
  if (missing.length > 0 || withoutMutant === undefined) {
    const what = missing.length > 0 ? missing.join(", ") : "the unchanged images";
    throw new UsageError(
      `These files are not the whole of the mutants: there is no run of ${what}`,
      { hint: "Give the mutants.json of each shard, the first among them" },
    );
  }
  return {
    ...first,
    startedAt: shards.map(({ startedAt }) => startedAt).toSorted()[0] ?? first.startedAt,
    controls,
    mutants,
    withoutMutant,
  };
};
