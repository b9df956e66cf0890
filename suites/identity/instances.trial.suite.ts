import { agentOf, defineTrial, expect, testTrial, unsupported } from "../../harness/index.ts";
import { firstInstance, readInstance } from "./instance.ts";

// What an image ships is on all its machines, so two of them tell what it ships of what each should make for itself.
const instances = defineTrial(async ({ sharedMachine, boot }) => {
  const first = firstInstance.seen ?? (await readInstance(agentOf(await sharedMachine())));
  const second = await readInstance(agentOf(await boot("second-instance")));
  return { first, second };
});

testTrial(
  instances,
  "identity/machine-id",
  {
    claim: "C19",
    title: "Two machines of the image, each with blank disks, have different ids",
  },
  ({ first, second }, { evidence }) => {
    evidence("machine-id", `${first.machineId}, ${second.machineId}`);
    expect(second.machineId).not.toBe(first.machineId);
  },
);

testTrial(
  instances,
  "identity/secrets",
  {
    claim: "C19",
    title: "Two machines of the image have no host key and no random seed in common",
  },
  ({ first, second }, { evidence, figure }) => {
    const both = Object.keys(first.secrets).filter((path) => path in second.secrets);
    evidence("secrets", `on both: ${both.join(", ")}`);
    figure("secrets", both.length, "count");
    if (both.length === 0)
      unsupported("This image keeps no key and no seed where one is looked for");
    const same = both.filter((path) => first.secrets[path] === second.secrets[path]);
    expect(same, `the same on both: ${same.join(", ")}`).toEqual([]);
  },
);
