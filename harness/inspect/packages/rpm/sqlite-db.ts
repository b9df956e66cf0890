// rpm's SQLite database (file rpmdb.sqlite, rpm 4.16 on): rpm's lib/backend/sqlite.c.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const magic = "SQLite format 3\0";

export const isSqlite = (file: Buffer): boolean => file.toString("latin1", 0, 16) === magic;

/**
 * The blobs of all packages; a sentence when the file makes no sense. SQLite reads a copy in a directory of ours; of the
 * schema, which is the image's, only a plain table is believed.
 */
export const sqliteBlobs = (
  file: Buffer,
  log: Buffer | undefined,
  workDir: string,
): readonly Buffer[] | string => {
  const path = join(workDir, "rpmdb.sqlite");
  writeFileSync(path, file);
  // Changes that were not yet put into the database.
  if (log !== undefined) writeFileSync(`${path}-wal`, log);
  try {
    using database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    const [table] = database
      .prepare("SELECT type, sql, rootpage FROM sqlite_schema WHERE name = 'Packages'")
      .all();
    const isPlain =
      table?.["type"] === "table" &&
      Number(table["rootpage"]) > 0 &&
      /^CREATE TABLE\s[^()]*\(\s*\w+\s+INTEGER[\w\s]*,\s*blob\s+BLOB[\w\s]*\)$/i.test(
        String(table["sql"]).replaceAll(/["'`]/g, ""),
      );
    if (!isPlain) return "it has no table Packages of hnum and blob";
    return database
      .prepare("SELECT blob FROM Packages")
      .all()
      .map(({ blob }) => Buffer.from(blob as Uint8Array));
  } catch (error) {
    return `SQLite says: ${(error as Error).message}`;
  }
};
