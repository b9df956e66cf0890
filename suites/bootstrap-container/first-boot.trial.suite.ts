import { expect, fail, testTrial, unsupported } from "../../harness/index.ts";
import { expectNothingLeft } from "../host-containers/leftovers.ts";
import { type FirstBoot, firstBoot } from "./first-boot.ts";
import { bootstrapContainers } from "./given-user-data.ts";
import type { Report } from "./report.ts";

const reportOf = ({ essential }: FirstBoot): Report =>
  essential ??
  fail("The machine was given user data, but when it was ready, nothing was left of it");

testTrial(
  firstBoot,
  "bootstrap-container/before-workloads",
  {
    claim: "C30",
    title: "User data has ended before anything starts that runs other containers",
  },
  (seen, { evidence, figure }) => {
    const { runs, endedMs } = reportOf(seen);
    const startedMs = runs[0]?.startedMs ?? Number.NaN;
    evidence("user-data", `ran from ${startedMs} ms after the kernel to ${endedMs ?? "never"}`);
    if (endedMs === undefined) return fail("User data began, but did not get to its end");
    figure("user-data", endedMs - startedMs, "ms");
    for (const { what, startedMs } of seen.workloads) evidence("start", `${what}: ${startedMs} ms`);
    expect(seen.workloads.length, "starts of what runs other containers").toBeGreaterThan(0);
    expect(seen.workloads.filter((start) => start.startedMs <= endedMs)).toEqual([]);
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/namespaces",
  {
    claim: "C30",
    title:
      "User data runs with all rights in a container that has processes and network in common with the host",
  },
  (seen, { evidence }) => {
    const { namespaces: own, capabilities } = reportOf(seen);
    const host = seen.init?.namespaces ?? {};
    evidence("namespaces", `user data ${JSON.stringify(own)}, host ${JSON.stringify(host)}`);
    evidence("capabilities", `user data ${capabilities ?? "unknown"}, host ${seen.capabilities}`);
    expect({ pid: own["pid"], net: own["net"], capabilities }).toEqual({
      pid: host["pid"],
      net: host["net"],
      capabilities: seen.capabilities,
    });
    expect(own["mnt"], "its namespace of mounts").toMatch(/^mnt:/);
    expect(host["mnt"], "the host's namespace of mounts").toMatch(/^mnt:/);
    expect(own["mnt"], "namespace of mounts").not.toBe(host["mnt"]);
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/systemctl",
  { claim: "C30", title: "User data starts a unit of the host with systemctl" },
  (seen, { evidence }) => {
    evidence("user-data", `systemctl: ${reportOf(seen).tries.get("systemctl") ?? "not tried"}`);
    expect(seen.startedUnitState).toBe("active");
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/volumes",
  { claim: "C30", title: "What user data writes to the directories it shares is on the host" },
  (seen, { evidence }) => {
    const { tries } = reportOf(seen);
    const { volumes } = bootstrapContainers();
    for (const path of volumes) evidence("user-data", `${path}: ${tries.get(`volume ${path}`)}`);
    expect(seen.shared).toEqual(Object.fromEntries(volumes.map((path) => [path, "made\n"])));
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/own-files",
  {
    claim: "C31",
    title: "What user data appends to files that it has copies of does not get to the host's",
  },
  (seen, { evidence }) => {
    const { ownFiles } = bootstrapContainers();
    if (ownFiles.length === 0) unsupported("The profile names no such files");
    expect(triesOf(seen, "append", evidence).length).toBe(ownFiles.length);
    expect(seen.appendedTo).toEqual([]);
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/no-way-out",
  {
    claim: "C31",
    title:
      "No file that user data makes anywhere in its container is in the host's read-only directories",
  },
  (seen, { evidence, figure }) => {
    const { readOnly } = bootstrapContainers();
    const tries = triesOf(seen, "own", evidence);
    figure("tries", tries.length, "count");
    // At least in its own root.
    expect(tries.length).toBeGreaterThanOrEqual(readOnly.length);
    expect(seen.madeInContainer).toEqual([]);
  },
);

testTrial(
  firstBoot,
  "bootstrap-container/host-mounts",
  {
    claim: "C31",
    title:
      "User data that enters the host's own mounts, as it may, cannot write to the read-only ones there",
  },
  (seen, { evidence }) => {
    const { readOnly } = bootstrapContainers();
    expect(triesOf(seen, "host", evidence).length).toBe(readOnly.length);
    expect(seen.madeInHost).toEqual([]);
  },
);

/** What user data tried of this kind, and what it made of it. */
const triesOf = (
  seen: FirstBoot,
  kind: "append" | "own" | "host",
  evidence: (kind: string, text: string) => void,
): readonly string[] => {
  const tries = [...reportOf(seen).tries].filter(([what]) => what.startsWith(`${kind} `));
  const done = tries.filter(([, outcome]) => outcome === "done").map(([what]) => what);
  evidence(
    "user-data",
    `${tries.length} tries, by its own word done: ${done.join("; ") || "none"}`,
  );
  return tries.map(([what]) => what);
};

testTrial(
  firstBoot,
  "bootstrap-container/gone",
  {
    claim: "C30",
    title:
      "When the machine is ready no process, mount or directory of the container is left, and no runtime",
  },
  (seen, { evidence, figure }) => {
    const { namespaces, root } = reportOf(seen);
    evidence("container", `${namespaces["mnt"] ?? ""} ${root ?? ""}`);
    figure("leftovers", seen.leftovers.found.length, "count");
    expectNothingLeft(seen.leftovers);
  },
);
