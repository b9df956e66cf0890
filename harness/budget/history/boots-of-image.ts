import type { HistoryFile } from "./history.ts";
import type { HistoryBoot } from "./history-boot.ts";
import { inHistory } from "./history-error.ts";
import { readBoots } from "./read-boots.ts";

export interface BootsWanted {
  readonly image: string;
  /** Default: any. */
  readonly accel?: "kvm" | "tcg";
  readonly measure?: "wall" | "cost";
  readonly configuration?: string;
  /** Default 1000. */
  readonly limit?: number;
}

/**
 * The boots of an image, newest run first, those of a run in their order; boots that failed are among them.
 * @throws {HostError} HOST_RESOURCE when the history cannot be read.
 */
export const bootsOfImage = (
  { database, path }: HistoryFile,
  { image, accel, measure, configuration, limit = 1000 }: BootsWanted,
): readonly HistoryBoot[] => {
  const wanted = Object.entries({ image, accel, measure, configuration }).flatMap(
    ([column, value]) => (value === undefined ? [] : [{ column, value }]),
  );
  const where = wanted.map(({ column }) => `${column} = ?`).join(" AND ");
  const order = "ORDER BY started_at DESC, run_id, boot_id LIMIT ?";
  const values = wanted.map(({ value }) => value);
  return inHistory(path, () => [
    ...readBoots(database, `WHERE ${where} ${order}`, ...values, limit),
  ]);
};
