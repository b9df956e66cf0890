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
    const { index, label, before, after } = digests;
    const { agent } = machine.plan;
    if (
      agent.kind === "etc-unit" &&
      agent.place.kind === "partition" &&
      agent.place.index === index
    )
      unsupported(`The agent's units were written into partition ${index} (injection etc-unit)`);
    evidence("hash", `partition ${label || index}: before ${before}, after ${after}`);
    figure("partition-bytes", digests.sizeBytes, "B");
    expect(after).toBe(before);
  },
);
