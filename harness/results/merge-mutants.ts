import { UsageError } from "../core/errors.ts";
import type { MutantsRecord } from "./mutants-record.ts";

/**
 * One record of several shards, in the order in which they are given.
 * @throws {UsageError} when they are not of one version and level, or one mutant is in two of them.
 */
export const mergeMutants = (shards: readonly MutantsRecord[]): MutantsRecord => {
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
  return {
    ...first,
    startedAt: shards.map(({ startedAt }) => startedAt).toSorted()[0] ?? first.startedAt,
    controls,
    mutants,
    ...(withoutMutant === undefined ? {} : { withoutMutant }),
  };
};
