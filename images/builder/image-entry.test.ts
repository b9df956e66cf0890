import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { errorCodeOf } from "../../harness/core/errors.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import type { Mutant, RecipeChange } from "../mutant.ts";
import { mutantEntry } from "./image-entry.ts";

const base = { name: "reference", key: "0123456789abcdef" };
const place = { path: "/usr/bin/x", mode: 0o755, to: "root" } as const;

const keyWith = async (...recipe: readonly RecipeChange[]): Promise<string | undefined> => {
  const mutant: Mutant = {
    ...{
      schema: 1,
      name: "m",
      of: "reference",
      title: "M",
      isQuick: false,
      runLevel: "quick",
      boots: true,
    },
    ...{ overrides: { removeDisks: [], addDisks: [] }, promises: {}, fails: ["a/b"], skips: [] },
    recipe,
  };
  return (await mutantEntry(mutant, base))?.key;
};

/** Stands for another version of Go. */
const otherGo = (directory: string): string => {
  const path = join(directory, "go");
  writeFileSync(path, "#!/bin/sh\nprintf '/cache\\n/modules\\ngo1.99\\n\\n'\n");
  chmodSync(path, 0o755);
  return path;
};

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a mutant's key changes with what a program of ours is built from", async () => {
  const added = { kind: "add-program", program: "altered-runc", ...place } as const;
  const key = await keyWith(added);
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(await keyWith(added)).toBe(key);
  await using dir = await tempDir();
  vi.stubEnv("BOOTWRIGHT_GO", otherGo(dir.path));
  expect(await keyWith(added)).not.toBe(key);
  vi.stubEnv("BOOTWRIGHT_GO", join(dir.path, "no-go"));
  const error = await keyWith(added).catch((thrown: unknown) => thrown);
  expect(errorCodeOf(error)).toBe("HOST_TOOL_MISSING");
});

test("a mutant with a package's program needs no Go, and one that changes no file has no image of its own", async () => {
  vi.stubEnv("BOOTWRIGHT_GO", "/nowhere/go");
  const key = await keyWith({ kind: "add-program", package: "a", from: "/b", ...place });
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(await keyWith()).toBeUndefined();
});
