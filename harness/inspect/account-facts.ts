import { basename } from "node:path/posix";
import { factText } from "./fact-text.ts";
import type { AccountsFact } from "./image-facts.ts";
import type { ImageView } from "./image-view.ts";

const noLogin = new Set(["nologin", "false", "sync", "shutdown", "halt"]);

/** Who could log in, by passwd(5) and shadow(5). No hash is kept. */
export const accountFacts = (view: ImageView): AccountsFact => {
  const shadow = view.textOf("/etc/shadow");
  const rows = rowsOf(view.textOf("/etc/passwd"));
  const hashes = [
    ...rowsOf(shadow).map(([name = "", hash = ""]) => ({ name, hash })),
    // "x" says that the hash is in shadow; anything else stands for itself.
    ...rows.flatMap(([name = "", hash = ""]) => (hash === "x" ? [] : [{ name, hash }])),
  ];
  const named = (which: (hash: string) => boolean): readonly string[] =>
    hashes.filter(({ hash }) => which(hash)).map(({ name }) => factText(name));
  return {
    shadow: shadow === undefined ? "absent" : "read",
    withPassword: named((hash) => hash !== "" && !isLocked(hash)),
    withEmptyPassword: named((hash) => hash === ""),
    locked: named(isLocked).length,
    superusers: rows.filter(([, , uid]) => Number(uid) === 0).map(([name = ""]) => factText(name)),
    loginShells: rows.flatMap(([name = "", , , , , , shell = ""]) => {
      // An empty field stands for /bin/sh: passwd(5).
      const program = shell === "" ? "/bin/sh" : shell;
      if (noLogin.has(basename(program))) return [];
      const isPresent = view.resolve(program).kind === "found";
      return [{ account: factText(name), shell: factText(program), isPresent }];
    }),
    authorizedKeys: view.files
      .filter(({ path, node }) => /\/authorized_keys2?$/.test(path) && node.sizeBytes > 0)
      .map(({ path }) => factText(path)),
  };
};

/** No password gives a hash that begins so: shadow(5). */
const isLocked = (hash: string): boolean => /^[!*]/.test(hash);

const rowsOf = (text: string | undefined): readonly (readonly string[])[] =>
  (text ?? "")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
