import { expect, test } from "vitest";
import type { MachinePlan } from "./machine-plan.ts";
import { variantOf } from "./machine-variant.ts";

const meta = { serial: "meta", sizeMiB: 64 };
const plan = {
  manifest: { name: "node", disks: [meta], credentials: { mode: "once", other: "x" } },
  accel: "tcg",
} as unknown as MachinePlan;

test("a variant that says nothing is the machine of the manifest", () => {
  expect(variantOf(plan, {})).toEqual(plan);
});

test("credentials come beside those of the manifest, and in the place of one of the same name", () => {
  const { manifest } = variantOf(plan, { credentials: { mode: "always", more: "y" } });
  expect(manifest).toEqual({
    ...plan.manifest,
    credentials: { mode: "always", other: "x", more: "y" },
  });
});

test("disks take the place of all that the manifest has", () => {
  const data = { serial: "data", sizeMiB: 1 };
  const backing = { path: "/run/data.qcow2", format: "qcow2" } as const;
  expect(variantOf(plan, { disks: [data], contents: { data: backing } })).toEqual({
    ...plan,
    manifest: { ...plan.manifest, disks: [data] },
    diskContents: { data: backing },
  });
});

test("attached disks come beside those of the manifest", () => {
  const attached = [
    { serial: "payload", path: "/cache/disk.ext4", format: "raw", readOnly: true },
  ] as const;
  expect(variantOf(plan, { attached })).toEqual({ ...plan, attachedDisks: attached });
});

test("memory takes the place of the manifest's", () => {
  const { manifest } = variantOf(plan, { memoryMiB: 3072 });
  expect(manifest).toEqual({ ...plan.manifest, machine: { memoryMiB: 3072 } });
});

test("the system's disk can be written, recorded and made to fail", () => {
  const readOnly = {
    ...plan,
    manifest: { ...plan.manifest, systemDisk: { readOnly: true, rootPartition: "none" } },
  } as MachinePlan;
  const writeFaults = { system: { afterWrites: 3, error: "io" } } as const;
  const variant = { isSystemWritable: true, recordWrites: ["system"], writeFaults };
  expect(variantOf(readOnly, variant)).toEqual({
    ...readOnly,
    manifest: { ...readOnly.manifest, systemDisk: { readOnly: false, rootPartition: "none" } },
    recordedDisks: ["system"],
    writeFaults,
  });
});
