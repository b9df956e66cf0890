import type { DatabaseSync } from "node:sqlite";

/** What makes version 1 of the tables, 2 out of 1, …. A row that was released is never changed. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE boots (
    boot_key INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    run_status TEXT NOT NULL,
    directory TEXT, -- of the run, on the host that imported it; none for boots that came as lines
    started_at TEXT NOT NULL,
    image TEXT NOT NULL,
    image_sha256 TEXT NOT NULL,
    profile TEXT NOT NULL,
    configuration TEXT NOT NULL,
    accel TEXT NOT NULL,
    measure TEXT,
    qemu_version TEXT NOT NULL,
    cpu_model TEXT NOT NULL,
    cores INTEGER NOT NULL,
    host_kernel TEXT NOT NULL,
    memory_mib INTEGER NOT NULL,
    firmware TEXT,
    secure_boot INTEGER,
    state TEXT NOT NULL,
    total_ms REAL,
    total_cost REAL,
    idle_ms REAL,
    comparability TEXT,
    steal_ms REAL,
    host_load REAL,
    swap_mib REAL,
    waited_ms REAL,
    UNIQUE (run_id, boot_id)
  ) STRICT;
  CREATE TABLE phases (
    boot_key INTEGER NOT NULL REFERENCES boots ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    start_ms REAL NOT NULL,
    end_ms REAL NOT NULL,
    cost REAL,
    bytes_read REAL,
    PRIMARY KEY (boot_key, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX boots_newest_first ON boots (image, started_at DESC, run_id, boot_id);
  -- In the order in which mediansByRun groups, so that it stops at its limit.
  CREATE INDEX boots_in_series
    ON boots (image, accel, measure, started_at DESC, run_id, configuration, comparability);
  `,
];

export const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);

/** Brings the tables up to date, each version in a transaction of its own. */
export const migrate = (database: DatabaseSync, steps: readonly string[] = migrations): void => {
  for (let version = versionOf(database); version < steps.length; version += 1) {
    database.exec(
      `BEGIN IMMEDIATE; ${steps[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`,
    );
  }
};
