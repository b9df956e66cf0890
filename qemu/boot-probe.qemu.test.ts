import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deadlineAfter } from "../harness/core/deadline.ts";
import { tempDir } from "../harness/core/tmp.ts";
import { bootProbe } from "./boot-probe.ts";
import { resolveToolchain } from "./toolchain.ts";

test("a kernel that QEMU does not take is a failed probe with QEMU's words", async () => {
  await using directory = await tempDir();
  const file = join(directory.path, "none");
  await writeFile(file, "not a kernel".repeat(1000));
  const outcome = await bootProbe({
    toolchain: await resolveToolchain(),
    accel: "tcg",
    cpuModel: "Nehalem",
    kernel: file,
    initrd: file,
    deadline: deadlineAfter(30_000),
  });
  expect(outcome).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("linux kernel too old to load a ram disk"),
  });
});
