import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256OfText } from "../../harness/core/sha256.ts";

/** A digest over the contents and modes of everything below the given folders: it changes when a recipe changes. */
export const recipeKey = (folders: readonly string[], extra: readonly string[] = []): string =>
  sha256OfText(
    [...folders.flatMap(filesBelow), ...extra.map((text) => `extra ${text}`)].join("\n"),
  ).slice(0, 16);

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => !/\.test\.ts$|_test\.go$/.test(name) && statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const mode = statSync(path).mode & 0o111 ? "x" : "-";
      return `${name} ${mode} ${sha256OfText(readFileSync(path, "latin1"))}`;
    });
