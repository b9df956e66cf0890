import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type BadState,
  powerCutFiles,
  powerCutFolder,
  readPowerCutRecord,
} from "./power-cut-record.ts";

/** A bad crash state of which the run directory has what it is made from. */
export interface KeptState extends BadState {
  /** In the check: `STATE`, or `AFTER/STATE` where the machine began from a crash state itself. */
  readonly name: string;
  /** Where its log is. */
  readonly folder: string;
  /** Serial of the disk. */
  readonly disk: string;
  readonly markOffset: number;
}

/**
 * All that a run left of a check, over all its logs.
 * @param check default: the first of which it left any.
 * @throws {BootwrightError} RESULTS_INVALID when a record cannot be read.
 */
export const keptStates = (runDirectory: string, check?: string): readonly KeptState[] => {
  const parent = join(runDirectory, powerCutFiles.directory);
  const names = existsSync(parent) ? readdirSync(parent).toSorted() : [];
  const kept = names
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, powerCutFiles.record)))
    .filter(
      (folder) => check === undefined || basename(folder).startsWith(powerCutFolder({ check })),
    )
    .map((folder) => ({ folder, record: readPowerCutRecord(folder) }));
  const asked = check ?? kept.find(({ record }) => record.bad.length > 0)?.record.check;
  return kept
    .filter(({ record }) => record.check === asked)
    .flatMap(({ folder, record: { disk, after, markOffset, bad } }) =>
      bad.map((one) => ({ ...one, name: stateName(one.state, after), folder, disk, markOffset })),
    );
};

/** The name of a state among those of its check. */
const stateName = (state: string, after: string | undefined): string =>
  after === undefined ? state : `${after}/${state}`;
