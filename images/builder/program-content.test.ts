import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { exec } from "../../harness/core/exec.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { programContent } from "./program-content.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a program of ours is built, and runs", async () => {
  await using dir = await tempDir();
  vi.stubEnv("BOOTWRIGHT_CACHE", join(dir.path, "cache"));
  const path = join(dir.path, "altered-runc");
  writeFileSync(path, await programContent({ program: "altered-runc" }, () => undefined));
  chmodSync(path, 0o755);
  // It does as changes.json beside it says, and says so when it cannot read it.
  writeFileSync(join(dir.path, "changes.json"), "[]");
  await expect(exec(path, ["delete", "admin"])).rejects.toThrow(
    "altered-runc: json: cannot unmarshal array",
  );
});
