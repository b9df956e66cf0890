import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { exec } from "../../core/exec.ts";
import { tempDir } from "../../core/tmp.ts";
import { bootLine } from "./boot-line.ts";
import { bootsOfImage } from "./boots-of-image.ts";
import { importLines } from "./import-lines.ts";
import { importRuns } from "./import-runs.ts";
import { migrate, migrations, versionOf } from "./migrate.ts";
import { openHistory } from "./open-history.ts";
import { runOf, sampleHistoryBoot, writeRun } from "./testing/sample-boots.ts";

const totalsIn = (history: Parameters<typeof bootsOfImage>[0]): readonly (number | undefined)[] =>
  bootsOfImage(history, { image: "reference" }).map(({ totalMs }) => totalMs);

/** A history at `path` with a run of which the directory is there, one of which it is gone, and a boot that came as a line. */
const filledHistory = async (parent: string, path: string): Promise<void> => {
  using history = openHistory(path);
  await using elsewhere = await tempDir();
  importRuns(history, [
    writeRun(parent, "run", runOf(0, [1000, 1100])),
    writeRun(elsewhere.path, "gone", runOf(1, [2000])),
  ]);
  await importLines(history, linesOf(bootLine({ ...sampleHistoryBoot, totalMs: 3000 })));
};

async function* linesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

test("what was written is there when the history is opened again, and directories are made", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "a", "b", "history.sqlite");
  {
    using history = openHistory(path);
    importRuns(history, [writeRun(dir.path, "run", runOf(0, [1000]))]);
  }
  using history = openHistory(path);
  expect([totalsIn(history), history.recovery]).toEqual([[1000], undefined]);
});

test("an older file is brought up to date with what it holds", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database);
  migrate(database, [...migrations, "ALTER TABLE boots ADD COLUMN mood TEXT DEFAULT 'good'"]);
  database.exec("SELECT mood FROM boots");
  expect(versionOf(database)).toBe(migrations.length + 1);
});

test("a file that is no history is kept, and rebuilt from run directories and imported lines", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  await filledHistory(dir.path, path);
  writeFileSync(path, "these bytes were never a database, at no time whatsoever");
  using history = openHistory(path);
  expect([totalsIn(history), history.recovery]).toEqual([
    [1000, 1100, 3000],
    {
      message: `History ${path} is damaged (file is not a database); it was kept as ${path}.damaged-1 and rebuilt with 3 boots: 2 of 1 run directories, 1 of imported lines, 0 of the old file; boots whose run directory is gone are only in the old file`,
      backupPath: `${path}.damaged-1`,
      runs: { runs: 1, boots: { added: 2, replaced: 0, known: 0 }, skipped: [] },
      lines: { boots: { added: 1, replaced: 0, known: 0 }, badLines: 0, problems: [] },
      salvagedBoots: 0,
      isSalvageComplete: false,
    },
  ]);
  expect(readFileSync(`${path}.damaged-1`, "utf8")).toMatch(/^these bytes/);
});

test("of a file of a newer Bootwright nothing is lost, not even what only it had", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  await filledHistory(dir.path, path);
  {
    using database = new DatabaseSync(path);
    database.exec("ALTER TABLE boots ADD COLUMN mood TEXT; PRAGMA user_version = 99");
  }
  const before = readFileSync(path);
  using history = openHistory(path);
  expect([totalsIn(history).toSorted(), history.recovery?.message]).toEqual([
    [1000, 1100, 2000, 3000],
    `History ${path} has version 99 where this Bootwright reads up to ${migrations.length}; it was kept as ${path}.newer-1 and rebuilt with 4 boots: 2 of 1 run directories, 1 of imported lines, 1 of the old file; nothing was lost`,
  ]);
  expect(readFileSync(`${path}.newer-1`).equals(before)).toBe(true);
  using again = openHistory(path);
  expect(again.recovery).toBeUndefined();
});

test("of a file with a damaged page, what can be read is taken over", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  const totals = Array.from({ length: 400 }, (_, index) => 1000 + index);
  {
    using history = openHistory(path);
    await using elsewhere = await tempDir();
    importRuns(history, [writeRun(elsewhere.path, "gone", runOf(0, totals))]);
  }
  const bytes = readFileSync(path);
  const at = bytes.indexOf("finished", bytes.length / 4) & ~4095;
  writeFileSync(path, bytes.fill(0xa5, at, at + 4096));
  using history = openHistory(path);
  const kept = bootsOfImage(history, { image: "reference" });
  expect(history.recovery?.isSalvageComplete).toBe(false);
  expect(history.recovery?.salvagedBoots).toBe(kept.length);
  expect(kept.length).toBeGreaterThan(300);
  expect(kept.length).toBeLessThan(400);
});

test("a file that was cut short is rebuilt, and each backup has a name of its own", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  await filledHistory(dir.path, path);
  for (const number of [1, 2]) {
    truncateSync(path, 8192);
    using history = openHistory(path);
    expect(history.recovery?.backupPath).toBe(`${path}.damaged-${number}`);
    expect(totalsIn(history)).toEqual(expect.arrayContaining([1000, 1100, 3000]));
  }
});

test("a directory that cannot be written is the host's fault", async () => {
  expect(() => openHistory("/proc/history.sqlite")).toThrow(
    expect.objectContaining({
      code: "HOST_RESOURCE",
      message: "History /proc/history.sqlite cannot be opened or written",
    }),
  );
});

test("a writer waits for another one, and gives up with the history's name", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  using other = openHistory(path);
  using history = openHistory(path, { busyTimeoutMs: 20 });
  other.database.exec("BEGIN IMMEDIATE");
  const directory = writeRun(dir.path, "run", runOf(0, [1000]));
  expect(() => importRuns(history, [directory])).toThrow(
    expect.objectContaining({ message: `History ${path} is locked by another process` }),
  );
  other.database.exec("COMMIT");
  expect(importRuns(history, [directory]).boots.added).toBe(1);
});

/** Has another process take each run directory in, in a transaction of its own; tells what it added and whether it rebuilt. */
const importElsewhere = async (path: string, directories: readonly string[]): Promise<string> => {
  const script = `const { openHistory } = await import(${JSON.stringify(join(import.meta.dirname, "open-history.ts"))});
    const { importRuns } = await import(${JSON.stringify(join(import.meta.dirname, "import-runs.ts"))});
    const [path, ...directories] = process.argv.slice(1);
    using history = openHistory(path);
    let added = 0;
    for (const directory of directories) added += importRuns(history, [directory]).boots.added;
    process.stdout.write(added + (history.recovery === undefined ? "" : " rebuilt"));`;
  const args = ["--input-type=module", "-e", script, path, ...directories];
  return (await exec(process.execPath, args)).stdout;
};

test("three processes that open and write one new history at once lose nothing", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  const own = [0, 1, 2].map((process) =>
    Array.from({ length: 30 }, (_, index) => {
      const name = `run-${process}-${index}`;
      return writeRun(dir.path, name, runOf(process * 100 + index, [1000, 1100]));
    }),
  );
  // And all of them import the same ten.
  const shared = Array.from({ length: 10 }, (_, index) =>
    writeRun(dir.path, `shared-${index}`, runOf(1000 + index, [1000])),
  );
  const outputs = await Promise.all(
    own.map((directories) => importElsewhere(path, [...directories, ...shared])),
  );
  const added = outputs.reduce((sum, output) => sum + Number(output), 0);
  using history = openHistory(path);
  expect([added, totalsIn(history).length]).toEqual([190, 190]);
});

test("of three processes that find a damaged history one rebuilds it", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  const runs = [0, 1, 2].map((index) => writeRun(dir.path, `run-${index}`, runOf(index, [1000])));
  writeFileSync(path, "no database".repeat(100));
  const outputs = await Promise.all(runs.map((run) => importElsewhere(path, [run])));
  const said = outputs.toSorted();
  const backups = readdirSync(dir.path).filter((name) => name.includes(".damaged-"));
  expect([said, backups]).toEqual([["0", "0", "0 rebuilt"], ["history.sqlite.damaged-1"]]);
});
