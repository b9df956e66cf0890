import {
  type CheckTools,
  expect,
  fail,
  inconclusive,
  profile,
  unsupported,
} from "../../harness/index.ts";
import type { CycleSeen } from "./cycle-seen.ts";
import { differences, judgeSteps, type MadeStep } from "./judge-steps.ts";
import type { PromisedUpgrade } from "./node-changes.ts";
import { changedEtc, isUntouched, shippedEtc } from "./shipped-etc.ts";
import { shippedRoots } from "./shipped-roots.ts";

const { dataDisk } = profile();
const bytesPerMiB = 1_048_576;

const starved = "The guest waited for a host CPU for most of the time in which it was waited for";

/** One property of a node that is updated and goes back. */
export interface Aspect {
  readonly title: string;
  readonly claim?: string;
  readonly judge: (seen: CycleSeen, promised: PromisedUpgrade, tools: CheckTools) => void;
}

/** An aspect of which each step is judged alone. */
const each =
  (
    aspect: string,
    judge: (step: MadeStep, seen: CycleSeen, promised: PromisedUpgrade, tools: CheckTools) => void,
  ): Aspect["judge"] =>
  (seen, promised, tools) =>
    judgeSteps(seen, aspect, (step) => judge(step, seen, promised, tools));

export const aspects: Readonly<Record<string, Aspect>> = {
  version: {
    claim: "C17",
    title:
      "After each step exactly the release runs that was asked for, by its identity, its os-release and its kernel's arguments",
    judge: (seen, promised, tools) => {
      for (const { argv, end, elapsedMs, printed } of seen.runs)
        tools.evidence("updater", `${argv.join(" ")}: ${end} after ${elapsedMs} ms: ${printed}`);
      tools.figure("cycle", seen.durationMs, "ms");
      each("version", ({ name, release, node }, { releases, before }) => {
        const { identity, kernelArguments = [] } = releases[release];
        // The image itself need not be stated one: then it is that of its first boot.
        const stated = releases[release].version;
        const version = stated ?? (release === "v1" ? before.node.imageVersion : undefined);
        tools.evidence(
          "version",
          `${name}: ${node.identity}, IMAGE_VERSION ${node.imageVersion ?? "none"}, ${node.commandLine}`,
        );
        expect(node.identity, `identity after ${name}`).toBe(identity);
        expect(node.imageVersion, `IMAGE_VERSION after ${name}`).toBe(version);
        const words = node.commandLine.split(/\s+/);
        const absent = kernelArguments.filter((argument) => !words.includes(argument));
        expect(absent, `kernel arguments that are missing after ${name}`).toEqual([]);
        const others = releases[release === "v1" ? "v2" : "v1"].kernelArguments ?? [];
        const foreign = others.filter(
          (argument) => !kernelArguments.includes(argument) && words.includes(argument),
        );
        expect(foreign, `kernel arguments of the other release after ${name}`).toEqual([]);
      })(seen, promised, tools);
    },
  },
  root: {
    claim: "C25",
    title:
      "After each step each release on the system disk is file by file the one that was shipped",
    judge: each(
      "root",
      ({ name, release, disks }, { releases, shipped }, _promised, { figure }) => {
        const { identity } = releases[release];
        const { files, isThere } = shippedRoots(shipped, releases, disks.system, release);
        if (files.length === 0)
          return unsupported(
            "The root of this image is in no file system that can be read from its disk",
          );
        expect(isThere, `whether ${identity} is on the disk after ${name}`).toBe(true);
        for (const { of, wanted, found } of files) {
          figure(`files-${name}-${of}`, wanted.size, "count");
          expect(differences(wanted, found), `release ${of} on the disk after ${name}`).toEqual([]);
        }
      },
    ),
  },
  "etc-edited": {
    title:
      "After each step what was edited in /etc and added to it before the first update is there as it was left",
    judge: each("etc-edited", ({ name, node }, seen, _promised, { evidence }) => {
      for (const [path, digest] of changedEtc(seen).kept) {
        evidence("etc", `${name}: ${path}: ${node.etc.get(path) ?? "nothing"}`);
        expect(node.etc.get(path), `${path} after ${name}`).toBe(digest);
      }
    }),
  },
  "etc-defaults": {
    title:
      "After each step each file of /etc that nobody touched is the running release's, new ones among them, and no other release's",
    judge: each("etc-defaults", ({ name, release, node }, seen, promised, { figure }) => {
      const wanted = shippedEtc(seen, release);
      const others = shippedEtc(seen, release === "v1" ? "v2" : "v1");
      const differing = differences(others, wanted).length;
      figure(`changed-defaults-${name}`, differing, "count");
      if (differing === 0)
        unsupported("The releases ship the same for /etc, so nothing can be told");
      const untouched = isUntouched(changedEtc(seen), promised.etc?.changing ?? []);
      const of = (all: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
        new Map([...all].filter(([path]) => untouched(path)));
      const paths = new Set([...wanted.keys(), ...others.keys()]);
      const found = new Map([...node.etc].filter(([path]) => paths.has(path)));
      expect(differences(of(wanted), of(found)), `/etc after ${name}`).toEqual([]);
    }),
  },
  "etc-deleted": {
    title:
      "After each step a shipped file of /etc that was deleted before the first update is still gone",
    judge: each("etc-deleted", ({ name, node }, seen) => {
      const { deleted } = changedEtc(seen);
      expect(node.etc.get(deleted), `${deleted} after ${name}`).toBeUndefined();
    }),
  },
  "etc-after-rollback": {
    title:
      "What was written into /etc under the newer release is there after going back, or gone, as the profile says",
    judge: each(
      "etc-after-rollback",
      ({ name, node }, seen, { rollbackKeepsEtcEdits }, { evidence }) => {
        const { madeLater } = changedEtc(seen);
        if (name !== "back") return;
        const digest = node.etc.get(madeLater);
        evidence("etc", `${madeLater}: ${digest ?? "nothing"}`);
        expect(digest !== undefined, `whether ${madeLater} is there`).toBe(rollbackKeepsEtcEdits);
      },
    ),
  },
  "data-disk": {
    claim: "C27",
    title:
      "After each step every file on the data disk is as it was left, but for what the node itself changes",
    judge: (seen, promised, tools) => {
      const before = seen.before.disks.data;
      if (dataDisk === undefined || before === undefined)
        return unsupported("The profile names no data disk");
      const unseen = seen.changes.markers.filter(
        (path) => !before.digests.has(path.slice(dataDisk.mountPoint.length)),
      );
      expect(unseen, "files that were left and are not on the disk").toEqual([]);
      tools.figure("files", before.digests.size, "count");
      each("data-disk", ({ name, disks: { data } }) => {
        if (data === undefined) return fail(`There is no data disk after ${name}`);
        if (before.needsRecovery || data.needsRecovery)
          inconclusive("The data disk was not unmounted, so that not all of it is known");
        tools.evidence("data", differences(before.digests, data.digests, 300).join("\n"));
        expect(differences(before.digests, data.digests), `data disk after ${name}`).toEqual([]);
      })(seen, promised, tools);
    },
  },
  containers: {
    title: "After each step the containers of the node run again",
    judge: each("containers", ({ name, node: { containers } }) => {
      const { absent, wasStarved } = containers;
      if (absent.length > 0 && wasStarved) inconclusive(starved);
      expect(absent, `containers that do not run after ${name}`).toEqual([]);
    }),
  },
  previous: {
    claim: "C18",
    title: "After each update the release that ran before is listed, and going back to it boots it",
    judge: each(
      "previous",
      ({ name, release, node: { entries } }, { releases }, _promised, { evidence }) => {
        if (entries === undefined) return; // Only the boot of the step `back` shows it.
        for (const { identity, isBooted, isNext } of entries)
          evidence(
            "entry",
            `${name}: ${identity}${isBooted ? ", runs" : ""}${isNext ? ", is next" : ""}`,
          );
        const other = releases[release === "v1" ? "v2" : "v1"].identity;
        const listed = entries.map(({ identity }) => identity);
        expect(listed, `boot entries after ${name}`).toContain(other);
        const next = entries.filter(({ isNext }) => isNext).map(({ identity }) => identity);
        expect(next, `what the next boot starts after ${name}`).toEqual([
          releases[release].identity,
        ]);
      },
    ),
  },
  "disk-usage": {
    title: "A second update takes no more room on the system disk than the first",
    judge: (seen, { limits: { extraDiskMiB } }, { figure }) => {
      const used = new Map([["before", seen.before.disks.system.usedBytes]]);
      judgeSteps(seen, "disk-usage", ({ name, disks }) => used.set(name, disks.system.usedBytes));
      for (const [name, bytes] of used) figure(`used-${name}`, bytes, "B");
      const [first = 0, second = 0] = [used.get("v2"), used.get("again")];
      const more = (second - first) / bytesPerMiB;
      expect(more, "MiB more after the second update").toBeLessThanOrEqual(extraDiskMiB);
    },
  },
  units: {
    title: "After each step no unit has failed",
    judge: each("units", ({ name, node }) =>
      expect(node.failedUnits, `failed units after ${name}`).toEqual([]),
    ),
  },
  console: {
    title: "After each step no console line tells of a failure",
    judge: each("console", ({ name, node }) => {
      const told = node.complaints.map(({ line, pattern, text }) => `${line}: ${pattern}: ${text}`);
      expect(told, `console lines after ${name}`).toEqual([]);
    }),
  },
  services: {
    title: "After each step containerd and the kubelet are healthy",
    judge: each("services", ({ name, node }, _seen, _promised, { evidence }) => {
      if (node.services.length === 0)
        unsupported("The profile names neither containerd nor a kubelet");
      for (const { name: service, lastSeen } of node.services)
        evidence("service", `${name}: ${service}: ${lastSeen}`);
      const down = node.services.filter(({ isHealthy }) => !isHealthy);
      if (down.some(({ wasStarved }) => wasStarved)) inconclusive(starved);
      expect(
        down.map((one) => `${one.name}: ${one.lastSeen}`),
        `after ${name}`,
      ).toEqual([]);
    }),
  },
  "boot-time": {
    title: "After each step the boot keeps the budgets of its phases",
    judge: (seen, _promised, { evidence }) => {
      // A step that fails counts for more than one of which nothing is known.
      const doubts: string[] = [];
      judgeSteps(seen, "boot-time", ({ name, node: { phases } }) => {
        if (phases.length === 0) unsupported("The manifest has no budgets");
        for (const { state, reason } of phases) {
          evidence("timeline", `${name}: ${reason}`);
          if (state === "fail") fail(`After ${name}: ${reason}`);
          if (state === "inconclusive") doubts.push(`After ${name}: ${reason}`);
        }
      });
      const [doubt] = doubts;
      if (doubt !== undefined) inconclusive(doubt);
    },
  },
};
