// The plainest way to make a crash state: all of a small disk in memory, entry by entry.
import type { Logged } from "./write-log-bytes.ts";

/** The disk after these entries, each with the sectors of it that count. */
export const applied = (
  disk: Buffer,
  entries: readonly { readonly logged: Logged; readonly reach: number }[],
): Buffer => {
  const result = Buffer.from(disk);
  for (const { logged, reach } of entries) {
    if (logged.kind === "write") {
      Buffer.from(logged.data)
        .subarray(0, Math.min(reach * 512, logged.data.length))
        .copy(result, logged.sector * 512);
    } else if (logged.kind === "discard" && reach > 0) {
      result.fill(0, logged.sector * 512, (logged.sector + Math.min(logged.sectors, reach)) * 512);
    }
  }
  return result;
};
