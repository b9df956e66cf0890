// Takes each run directory into the history in a transaction of its own.
// Run: node import-process.ts HISTORY RUN_DIR…
import { importRuns } from "../import-runs.ts";
import { openHistory } from "../open-history.ts";

const [path, ...directories] = process.argv.slice(2);
using history = openHistory(path);
let added = 0;
for (const directory of directories) added += importRuns(history, [directory]).boots.added;
process.stdout.write(`${added}${history.recovery === undefined ? "" : " recovered"}\n`);
