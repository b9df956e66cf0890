import { expect, rootPartitionDigests, testStopped, unsupported } from "../../harness/index.ts";

testStopped(
  "read-only-root/root-partition-hash",
  {
    claim: "C26",
    title:
      "After a run that tried to write everywhere the root partition is bit for bit the shipped one",
    timeoutMs: 300_000,
  },
  async ({ manifest: { systemDisk }, machine, evidence, figure }) => {
    if (systemDisk === "none" || systemDisk.rootPartition === "none")
      unsupported("The manifest names no root partition");
    const digests = await rootPartitionDigests(machine);
    evidence(
      "hash",
      `partition ${digests.label}: before ${digests.before}, after ${digests.after}`,
    );
    figure("partition-bytes", digests.sizeBytes, "B");
    expect(digests.after).toBe(digests.before);
  },
);
