// The databases in testdata hold alpha 4:1.2-3 and beta-libs 1.2-3 of two files each. rpm 4.20.1 wrote the first two
// (`rpm --define '_db_backend sqlite' --justdb -i`, and ndb); the third has the same headers, loaded by db5.3_load into a hash
// of 512-byte pages, over which each header goes on (Debian 13, 2026-11-22).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { tempDir } from "../../../core/tmp.ts";
import { inspectImage } from "../../inspect-image.ts";
import { spdxDocument } from "../../spdx.ts";
import { makeElf } from "../../testing/elf-bytes.ts";
import { makeExt4Image, type Planted } from "../../testing/ext4-image.ts";
import { rpmHeader } from "../../testing/rpm-header-bytes.ts";
import { berkeleyDbValues } from "./berkeley-db.ts";
import { ndbBlobs } from "./ndb.ts";
import { sqliteBlobs } from "./sqlite-db.ts";

// As rpm does: lib/backend/sqlite.c.
const createPackages =
  "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)";

const stored = (name: string): Buffer =>
  gunzipSync(readFileSync(join(import.meta.dirname, "testdata", `${name}.gz`)));

const inspect = async (files: Readonly<Record<string, Planted>>) => {
  const program = { content: makeElf({ type: 2 }), mode: 0o755 };
  await using image = await makeExt4Image({
    "usr/lib/os-release": "ID=alinux\n",
    "usr/bin/alpha": program,
    "usr/bin/gamma": program,
    ...files,
  });
  return await inspectImage({
    image: { path: image.path, format: "raw", fileBytes: image.sizeBytes },
    rawPath: image.path,
    workDir: image.workDir,
  });
};

test.each([
  ["rpmdb.sqlite", "usr/share/rpm/rpmdb.sqlite"],
  ["Packages.db", "usr/lib/sysimage/rpm/Packages.db"],
  ["Packages", "var/lib/rpm/Packages"],
])("packages, owners and digests come out of %s", async (name, path) => {
  const { packages, elf, problems } = await inspect({ [path]: stored(name) });
  expect(packages).toEqual({
    state: "read",
    kind: "rpm",
    path: `/${path}`,
    installedBytes: 38_628,
    list: [
      { name: "alpha", version: "4:1.2-3", architecture: "x86_64", installedBytes: 19_314 },
      { name: "beta-libs", version: "1.2-3", architecture: "x86_64", installedBytes: 19_314 },
    ],
  });
  expect([elf.unowned, elf.altered, elf.unverified]).toEqual([
    { state: "known", paths: ["/usr/bin/gamma"] },
    ["/usr/bin/alpha"],
    [],
  ]);
  expect(problems).toEqual([]);
});

test("a record that is no header makes the database corrupt: nothing of it is counted", async () => {
  await using dir = await tempDir("rpm");
  const path = join(dir.path, "broken.sqlite");
  {
    using database = new DatabaseSync(path);
    database.exec(createPackages);
    const insert = database.prepare("INSERT INTO Packages (blob) VALUES (?)");
    insert.run(rpmHeader({ name: "sound", version: "1" }));
    insert.run(Buffer.from("no header"));
  }
  const { packages, elf } = await inspect({ "var/lib/rpm/rpmdb.sqlite": readFileSync(path) });
  const reason = "a record in it is no header of a package";
  expect([packages, elf.unowned]).toEqual([
    { state: "corrupt", path: "/var/lib/rpm/rpmdb.sqlite", reason },
    { state: "unknown", reason: `/var/lib/rpm/rpmdb.sqlite: ${reason}` },
  ]);
});

test.each([
  ["rpmdb.sqlite", 40_000],
  ["Packages.db", 8000],
  ["Packages", 2048],
])("%s that was cut off is corrupt", async (name, length) => {
  const { packages } = await inspect({ [`var/lib/rpm/${name}`]: stored(name).subarray(0, length) });
  expect(packages.state).toBe("corrupt");
});

test("records that all name the same bytes are not read once each", () => {
  const ndb = stored("Packages.db");
  const slot = ndb.subarray(32, 48);
  for (let at = 48; at < 4096; at += 16) slot.copy(ndb, at);
  expect(ndbBlobs(ndb)).toMatch(/^packages that overlap, by byte \d+$/);

  const pageBytes = 512;
  const berkeleyDb = stored("Packages");
  const pages = Array.from({ length: berkeleyDb.length / pageBytes }, (_, index) =>
    berkeleyDb.subarray(index * pageBytes, (index + 1) * pageBytes),
  );
  const page = pages.find((one) => one[25] === 13 && one.readUInt16LE(20) === 2) ?? Buffer.alloc(0);
  const [keyAndValue, items] = [page.subarray(26, 30), 60];
  page.writeUInt16LE(items, 20);
  for (let pair = 1; pair < items / 2; pair += 1) keyAndValue.copy(page, 26 + pair * 4);
  expect(berkeleyDbValues(berkeleyDb)).toMatch(/^values that overlap on page \d+$/);
});

test("another file of that name is unsupported", async () => {
  const { packages } = await inspect({ "var/lib/rpm/Packages": "x".repeat(1000) });
  expect(packages).toMatchObject({ state: "unsupported" });
});

test("of an image's schema only a plain table is believed", async () => {
  await using dir = await tempDir("rpm");
  const path = join(dir.path, "hostile.sqlite");
  {
    using database = new DatabaseSync(path);
    database.exec(
      "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS hnum, i AS blob FROM n",
    );
  }
  expect(sqliteBlobs(readFileSync(path), undefined, dir.path)).toBe(
    "it has no table Packages of hnum and blob",
  );
});

test("changes that lie in SQLite's log count, and keys of signers are no packages", async () => {
  await using dir = await tempDir("rpm");
  const path = join(dir.path, "logged.sqlite");
  using database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec(createPackages);
  const insert = database.prepare("INSERT INTO Packages (blob) VALUES (?)");
  insert.run(rpmHeader({ name: "gpg-pubkey", version: "1" }));
  insert.run(rpmHeader({ name: "logged", version: "1", release: "2", architecture: "noarch" }));
  const facts = await inspect({
    "usr/share/rpm/rpmdb.sqlite": readFileSync(path),
    "usr/share/rpm/rpmdb.sqlite-wal": readFileSync(`${path}-wal`),
  });
  expect(facts.packages).toMatchObject({ list: [{ name: "logged", version: "1-2" }] });
  expect(spdxDocument(facts, "0")).toContain("pkg:rpm/alinux/logged@1-2?arch=noarch");
});
