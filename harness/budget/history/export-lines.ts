import { bootLine } from "./boot-line.ts";
import type { HistoryFile } from "./history.ts";
import { historyError } from "./history-error.ts";
import { readBoots } from "./read-boots.ts";

/**
 * One line of JSON for each boot, newline included, oldest run first; the same history gives the same text. Take them one by
 * one: they are read as they are asked for.
 * @param options `image`: only of this one; default: all.
 * @throws as the queries do.
 */
export function* exportLines(
  { database, path }: HistoryFile,
  { image }: { readonly image?: string } = {},
): Generator<string, void, undefined> {
  try {
    const which = image === undefined ? [] : [image];
    const where = which.map(() => "WHERE image = ?").join("");
    const order = "ORDER BY started_at, run_id, boot_id";
    for (const boot of readBoots(database, `${where} ${order}`, ...which)) yield bootLine(boot);
  } catch (error) {
    throw historyError(path, error);
  }
}
