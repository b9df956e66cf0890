import { z } from "zod";
import {
  agentOf,
  type DiskContents,
  defineTrial,
  expect,
  profile,
  skip,
  type TriedBoot,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { isVisible } from "./visible-failure.ts";

const mountOf = z.object({ devices: z.array(z.object({ serial: z.string().optional() })) });
const { dataDisk } = profile();
const file = "bootwright-origin";
/** Before and behind the data disk, so that taking the first or the last is wrong. */
const others = ["other-a", "other-b"] as const;

// All three disks have a file system of the same label, so that only the serial tells which one is meant.
const candidates = defineTrial(async ({ manifest, tryBoot, makeFileSystem }) => {
  if (dataDisk === undefined) return unsupported("The profile names no data disk");
  const { serial, mountPoint, isChosenBySerial } = dataDisk;
  if (!isChosenBySerial)
    return unsupported("The profile does not say how one of several is chosen");
  const data = manifest.disks.find((disk) => disk.serial === serial);
  if (data === undefined) return unsupported(`The manifest has no disk with serial ${serial}`);
  const [before, behind] = others.map((other) => ({ ...data, serial: other }));
  const disks = manifest.disks.flatMap((disk) =>
    disk === data ? [before, data, behind].filter((one) => one !== undefined) : [disk],
  );
  const contents: Record<string, DiskContents[string]> = {};
  for (const one of [serial, ...others]) {
    const files = { [file]: one };
    contents[one] = await makeFileSystem({ label: serial, sizeMiB: data.sizeMiB, files });
  }
  const tried = await tryBoot("three-disks", { disks, contents });
  if (tried.kind === "failed") return tried;
  const agent = agentOf(tried.machine);
  const { devices } = await agent.probe("mount-of", { path: mountPoint }, mountOf);
  const path = `${mountPoint}/${file}`;
  return {
    kind: "booted" as const,
    serials: devices.flatMap((device) => (device.serial === undefined ? [] : [device.serial])),
    origin: (await agent.exists(path)) ? String(await agent.readFile(path, { length: 64 })) : "",
  };
});

const describe = ({ failure }: Extract<TriedBoot, { kind: "failed" }>): string =>
  `${failure.kind}: ${failure.reason}`;

testTrial(
  candidates,
  "data-disk/choice",
  {
    claim: "C27",
    title: "Of three disks that could be the data disk the one with its serial is taken, or none",
  },
  (seen, { evidence }) => {
    if (seen.kind === "failed") {
      evidence("boot", describe(seen));
      expect(isVisible(seen.failure), "a boot failure that the machine tells").toBe(true);
      return;
    }
    evidence(
      "probe",
      `serials ${seen.serials.join(", ")}; its file says ${seen.origin || "nothing"}`,
    );
    expect(seen.serials).toEqual([dataDisk?.serial]);
  },
);

testTrial(
  candidates,
  "data-disk/preformatted",
  {
    claim: "C27",
    title: "A data disk that has a file system and files already is used as it is",
  },
  (seen, { evidence }) => {
    if (seen.kind === "failed") return skip(`boot failed: ${describe(seen)}`);
    evidence("marker", seen.origin || "nothing");
    // Which of the disks it was is the matter of data-disk/choice.
    expect([dataDisk?.serial, ...others]).toContain(seen.origin);
  },
);
