import { z } from "zod";
import { expect, profile, test, unsupported } from "../../harness/index.ts";

const mountOf = z.object({ mountPoint: z.string(), fstype: z.string(), totalBytes: z.number() });
/** What a file system needs for itself: ext4 takes 2 % of 4 GiB, and more of a small disk. */
const leastShare = 0.9;
const bytesPerMiB = 1_048_576;

test("data-disk/blank", {
  claim: "C27",
  title: "A blank data disk gets a file system that fills it",
}, async ({ agent, manifest, evidence, figure }) => {
  const expected = profile().dataDisk;
  if (expected === undefined) return unsupported("The profile names no data disk");
  const { mountPoint, serial } = expected;
  const disk = manifest.disks.find((one) => one.serial === serial);
  if (disk === undefined) return unsupported(`The manifest has no disk with serial ${serial}`);
  const seen = await agent.probe("mount-of", { path: mountPoint }, mountOf);
  evidence("probe", JSON.stringify(seen));
  figure("file-system", seen.totalBytes, "B");
  figure("disk", disk.sizeMiB * bytesPerMiB, "B");
  expect(seen.mountPoint).toBe(mountPoint);
  expect(seen.totalBytes).toBeGreaterThan(disk.sizeMiB * bytesPerMiB * leastShare);
  expect(seen.totalBytes).toBeLessThanOrEqual(disk.sizeMiB * bytesPerMiB);
});
