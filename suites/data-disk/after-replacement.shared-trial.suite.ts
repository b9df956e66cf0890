import {
  agentOf,
  defineTrial,
  expect,
  profile,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { marked, markerIn } from "./marker.ts";

const { dataDisk } = profile();

// The data disk goes on in a machine whose other disks are new: what the node keeps for itself is replaced with it.
const replaced = defineTrial(async ({ seenBy, boot }) => {
  if (dataDisk === undefined) return unsupported("The profile names no data disk");
  const { text, contents } = await seenBy(marked);
  const data = contents[dataDisk.serial];
  if (data === undefined) return unsupported(`The machine has no disk ${dataDisk.serial}`);
  const machine = await boot("replaced-system", { contents: { [dataDisk.serial]: data } });
  return { text, found: await markerIn(agentOf(machine), dataDisk.mountPoint) };
});

testTrial(
  replaced,
  "data-disk/replaced-system",
  {
    claim: "C27",
    title: "What is on the data disk survives that all other disks are replaced",
  },
  ({ text, found }, { evidence }) => {
    evidence("marker", `written: ${text}; found: ${found ?? "nothing"}`);
    expect(found).toBe(text);
  },
);
