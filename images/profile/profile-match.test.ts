import { expect, test } from "vitest";
import type { Profile, ProfileRule } from "./profile.ts";
import {
  decidingPaths,
  isForAnotherSystem,
  matchingProfiles,
  type SeenSystem,
  unmetPaths,
} from "./profile-match.ts";
import { listProfiles } from "./profiles.ts";

const rule = (osRelease: ProfileRule["osRelease"], paths: Partial<ProfileRule> = {}) => ({
  present: [],
  absent: [],
  ...paths,
  osRelease,
});
const profile = (name: string, match: readonly ProfileRule[]): Profile => ({
  schema: 1,
  name,
  title: name,
  match,
  suites: [],
  claims: [],
  notClaimed: [],
});
const seen = (osRelease: SeenSystem["osRelease"], paths: readonly string[] = []): SeenSystem => ({
  osRelease,
  has: (path) => paths.includes(path),
});

const distribution = profile("distribution", [rule({ ID: "debian" })]);
const variant = profile("variant", [rule({ ID: "x" }), rule({ ID: "debian", VARIANT_ID: "node" })]);
const old = profile("old", [rule({ NAME: "Node 3*" }, { present: ["/usr/bin/tool"] })]);
const young = profile("young", [rule({ NAME: "Node 3*" }, { absent: ["/usr/bin/tool"] })]);
const generic = profile("generic", []);
const all = [generic, distribution, variant, old, young];

test("the rule that says most wins, whatever the order", () => {
  const found = (...given: Parameters<typeof seen>) =>
    matchingProfiles(all, seen(...given)).map(({ name }) => name);
  expect([
    found({ ID: "debian", VARIANT_ID: "node" }),
    found({ ID: "debian", VARIANT_ID: "nodes" }),
    found({ ID: "alpine" }),
    found({}),
    found({ NAME: "Node 3.5" }),
    found({ NAME: "Node 3.5" }, ["/usr/bin/tool"]),
    found({ NAME: "Node 4" }),
  ]).toEqual([["variant"], ["distribution"], [], [], ["young"], ["old"], []]);
});

test("rules that say as much are a draw", () => {
  const twin = profile("twin", [rule({ ID: "debian" })]);
  expect(matchingProfiles([distribution, twin], seen({ ID: "debian" }))).toEqual([
    distribution,
    twin,
  ]);
});

test("a profile without rules is for any system, one with rules for those they name", () => {
  const system = seen({ ID: "debian", NAME: "Node 3" });
  expect(all.filter((one) => isForAnotherSystem(one, system))).toEqual([variant]);
  expect(all.filter((one) => isForAnotherSystem(one, seen({})))).toEqual([
    distribution,
    variant,
    old,
    young,
  ]);
});

test("paths tell versions apart, and what is not so is named", () => {
  const system = seen({ NAME: "Node 3" }, ["/usr/bin/tool"]);
  expect(decidingPaths(all, system)).toEqual({ "/usr/bin/tool": true });
  expect([old, young, generic].map((one) => unmetPaths(one, system))).toEqual([
    [],
    ["/usr/bin/tool is there"],
    [],
  ]);
  expect(unmetPaths(old, seen({ NAME: "Node 3" }))).toEqual(["/usr/bin/tool is not there"]);
});

test("the profiles that come with Bootwright are found for their images", () => {
  const lifsea = { PRETTY_NAME: "Alibaba Cloud Linux Lifsea (ContainerOS) 3" };
  const found = (...given: Parameters<typeof seen>) =>
    matchingProfiles(listProfiles(), seen(...given)).map(({ name }) => name);
  expect([
    found({ ID: "debian", VARIANT_ID: "reference" }),
    found({ ID: "debian", VARIANT_ID: "traditional" }),
    found(lifsea, ["/usr/bin/rpm-ostree"]),
    found(lifsea),
    found({ ID: "lifsea", ...lifsea }),
    found({ PRETTY_NAME: "Alibaba Cloud Linux 3.2104 U10 (OpenAnolis Edition)" }),
    found({ ID: "debian" }),
  ]).toEqual([
    ["reference"],
    ["traditional"],
    ["containeros-3.4"],
    ["containeros-3.5"],
    ["containeros-3.5"],
    [],
    [],
  ]);
});
