import { expect, test } from "vitest";
import type { ImageManifest } from "../../../images/schema.ts";
import type { SystemIdentity } from "../../inspect/identify-systems.ts";
import { bootingSystem } from "./booting-system.ts";

const root = (partition: number, more: Partial<SystemIdentity> = {}): SystemIdentity => ({
  partition,
  isDeployment: false,
  osRelease: { ID: `os${partition}` },
  has: () => false,
  ...more,
});
const labels = ["", "esp", "a", "b", "state"];

type RootPartition = Exclude<ImageManifest["systemDisk"], "none">["rootPartition"];

/** The partition of the system that boots, with systemd's version and what is said. */
const told = (rootPartition: RootPartition, ...systems: readonly SystemIdentity[]) => {
  const partitions = labels.map((label, index) => ({ index, label, overlayUppers: [] }));
  const { identity, systemdVersion, notes } = bootingSystem(
    { readOnly: true, rootPartition },
    { systems, partitions, unread: [] },
  );
  return [identity?.partition, systemdVersion, ...notes];
};

test("the only root is the one that boots, and a deployment before plain roots", () => {
  expect([
    told("none"),
    told("none", root(0)),
    told("none", root(2, { systemdVersion: 257 })),
    told("none", root(2, { isDeployment: true }), root(3, { systemdVersion: 239 })),
  ]).toEqual([
    [undefined, undefined],
    [0, undefined],
    [2, 257],
    [2, undefined],
  ]);
});

test("of two none is guessed; what both have in common is known", () => {
  const said =
    "Found 2 roots of operating systems, and nothing says which of them boots: partitions 2 (a), 3 (b); state systemDisk.rootPartition in a manifest";
  const of = (partition: number, systemdVersion: number) => root(partition, { systemdVersion });
  expect([
    told("none", of(2, 257), of(3, 257)),
    told("none", of(2, 257), of(3, 239)),
    told("none", of(2, 257), root(3)),
  ]).toEqual([
    [undefined, 257, said],
    [undefined, undefined, said],
    [undefined, undefined, said],
  ]);
});

test("the root partition that is stated decides, also against a deployment", () => {
  const systems = [
    root(3, { isDeployment: true, systemdVersion: 239 }),
    root(2, { systemdVersion: 257 }),
  ] as const;
  expect([
    told({ label: "a" }, ...systems),
    told({ number: 3 }, ...systems),
    told({ number: 4 }, ...systems),
    told({ label: "nowhere" }, ...systems),
  ]).toEqual([
    [2, 257],
    [3, 239],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test("a machine without a system disk has no system", () => {
  expect(bootingSystem("none", { systems: [], partitions: [], unread: [] })).toEqual({ notes: [] });
});
