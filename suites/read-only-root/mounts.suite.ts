import { z } from "zod";
import { expect, profile, test } from "../../harness/index.ts";

const mountOf = z.object({
  mountPoint: z.string(),
  fstype: z.string(),
  source: z.string(),
  readOnlyMount: z.boolean(),
  readOnlySuper: z.boolean(),
  statfsType: z.string(),
  devices: z.array(
    z.object({
      node: z.string(),
      role: z.string(),
      serial: z.string().optional(),
      readOnlyFlag: z.boolean(),
    }),
  ),
});
const remount = z.object({
  outcome: z.enum(["refused", "succeeded", "untried"]),
  writableBefore: z.boolean(),
  steps: z.array(z.object({ step: z.string(), errno: z.string(), writableAfter: z.boolean() })),
  detail: z.string().optional(),
});
const tmpfsMagic = "0x1021994"; // TMPFS_MAGIC, statfs(2)
const expected = profile().readOnlyRoot;
const slug = (path: string): string => (path === "/" ? "root" : path.slice(1).replaceAll("/", "-"));

for (const path of expected?.readOnlyMounts ?? []) {
  test(`read-only-root/mount/${slug(path)}`, {
    claim: "C11",
    title: `${path} lies on a file system that is read-only in mount and superblock`,
  }, async ({ agent, evidence }) => {
    const seen = await agent.probe("mount-of", { path }, mountOf);
    evidence("probe", JSON.stringify(seen));
    // The strength: a mount over a writable superblock falls to a remount, a writable disk to a pwrite.
    const disk = seen.devices.some(({ readOnlyFlag }) => readOnlyFlag) ? "block-ro" : "mount-ro";
    evidence("strength", disk);
    expect({ mount: seen.readOnlyMount, superblock: seen.readOnlySuper }).toEqual({
      mount: true,
      superblock: true,
    });
  });

  test(`read-only-root/remount/${slug(path)}`, {
    claim: "C11",
    title: `Root cannot make ${path} writable, neither by remounting nor by way of its device`,
  }, async ({ agent, evidence }) => {
    const seen = await agent.probe("remount", { path }, remount);
    for (const { step, errno, writableAfter } of seen.steps) {
      evidence("probe", `${step}: ${errno || "no error"}, writable afterwards: ${writableAfter}`);
    }
    expect(seen.outcome, seen.detail).toBe("refused");
  });
}

for (const path of expected?.tmpfs ?? []) {
  test(`read-only-root/tmpfs/${slug(path)}`, {
    claim: "C12",
    title: `${path} is in memory, so that nothing in it survives a restart`,
  }, async ({ agent, evidence }) => {
    const seen = await agent.probe("mount-of", { path }, mountOf);
    evidence("probe", JSON.stringify(seen));
    expect({ mountPoint: seen.mountPoint, type: seen.statfsType }).toEqual({
      mountPoint: path,
      type: tmpfsMagic,
    });
  });
}

const { dataDisk } = profile();
if (dataDisk !== undefined) {
  const path = dataDisk.mountPoint;
  test("read-only-root/data-disk", {
    claim: "C27",
    title: `${path} lies on the data disk, found by its serial number`,
  }, async ({ agent, evidence }) => {
    const seen = await agent.probe("mount-of", { path }, mountOf);
    evidence("probe", JSON.stringify(seen));
    expect({
      mountPoint: seen.mountPoint,
      serials: seen.devices.flatMap(({ serial }) => (serial === undefined ? [] : [serial])),
    }).toEqual({ mountPoint: path, serials: expect.arrayContaining([dataDisk.serial]) });
  });
}
