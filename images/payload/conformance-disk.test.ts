import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { renderError } from "../../harness/core/errors.ts";
import { sha256OfFile } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import { manifestOf } from "./conformance/disk-manifest.ts";
import { packReadOnlyDisk } from "./conformance/read-only-disk.ts";
import { conformanceDisk, openConformanceDisk } from "./conformance-disk.ts";

const builtSmall = async (directory: string): Promise<void> => {
  const root = join(directory, "root");
  mkdirSync(join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "bin/critest"), "program", { mode: 0o755 });
  writeFileSync(join(root, "specs.json"), "[]");
  const manifest = await manifestOf(root, []);
  const diskPath = join(directory, "conformance.ext4");
  await packReadOnlyDisk(root, diskPath, { label: "bwconformance", workDir: directory });
  const disk = { sizeBytes: 0, sha256: await sha256OfFile(diskPath) };
  writeFileSync(join(directory, "specs.json"), "[]");
  writeFileSync(join(directory, "manifest.json"), JSON.stringify({ ...manifest, disk }));
};

test("a disk is described file by file, and has the same bytes wherever it is made", async () => {
  await using one = await tempDir();
  await using other = await tempDir();
  await builtSmall(one.path);
  const before = process.umask(0o077);
  try {
    await builtSmall(other.path);
  } finally {
    process.umask(before);
  }
  const { diskPath, specs, manifest } = await openConformanceDisk(one.path);
  expect(specs).toEqual([]);
  expect(manifest).toMatchObject({
    schema: 1,
    criTools: expect.stringMatching(/^v\d/),
    registry: "127.0.0.1:5000",
    files: [
      { path: "/bin/critest", sizeBytes: 7 },
      { path: "/specs.json", sizeBytes: 2 },
    ],
    images: [],
  });
  expect(await sha256OfFile(join(other.path, "conformance.ext4"))).toBe(
    await sha256OfFile(diskPath),
  );
});

test("a disk with a wrong digest is not used", async () => {
  await using dir = await tempDir();
  await builtSmall(dir.path);
  truncateSync(join(dir.path, "conformance.ext4"), 4096);
  const error: unknown = await openConformanceDisk(dir.path).catch((caught: unknown) => caught);
  expect(renderError(error).replaceAll(dir.path, "DIR")).toMatch(
    /^The disk DIR\/conformance.ext4 should have the sha256 \w{64}, with which it was built, but has \w{64} \[HOST_RESOURCE\]\n {2}hint: Remove DIR, and it is built again$/,
  );
});

test("without Go there is no disk, and that is said", async () => {
  await using dir = await tempDir();
  vi.stubEnv("BOOTWRIGHT_CACHE", dir.path);
  vi.stubEnv("BOOTWRIGHT_GO", join(dir.path, "no-go"));
  const error: unknown = await conformanceDisk().catch((caught: unknown) => caught);
  vi.unstubAllEnvs();
  expect(renderError(error)).toMatch(
    /^Program \w+ is built with Go, and there is none \[HOST_TOOL_MISSING\]/,
  );
});
