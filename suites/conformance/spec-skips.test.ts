import { expect, test } from "vitest";
import { type SkipFacts, type SpecSkip, skipFacts, skipOf, staleSkips } from "./spec-skips.ts";

const facts: SkipFacts = {
  containerd: "1.7.24",
  today: "2026-11-30",
  present: new Set(["/usr/sbin/there"]),
};
const skip = (more: Partial<SpecSkip>): SpecSkip => ({
  match: "AppArmor",
  state: "skip",
  reason: "a reason",
  lacks: [],
  ...more,
});
const spec = { id: "containerd/critest/apparmor", name: "[k8s.io] AppArmor should enforce" };
const holds = (more: Partial<SpecSkip>) => skipOf(spec, [skip(more)], facts) !== undefined;

test("a skip holds for specs that it fits", () => {
  expect([holds({}), holds({ match: "Networking" })]).toEqual([true, false]);
});

test("a skip holds up to its last day", () => {
  expect([holds({ until: "2026-11-30" }), holds({ until: "2026-11-29" })]).toEqual([true, false]);
});

test("a skip holds for versions in its range, which are numbers", () => {
  const ranges = [">=1.6 <2.0", ">=1.10", "<1.7", ">=1.7", "<1.10"];
  expect(ranges.filter((containerd) => holds({ containerd }))).toEqual([
    ">=1.6 <2.0",
    ">=1.7",
    "<1.10",
  ]);
});

test("a skip for what an image lacks holds where none of it is there", () => {
  expect([holds({ lacks: ["/absent"] }), holds({ lacks: ["/absent", "/usr/sbin/there"] })]).toEqual(
    [true, false],
  );
});

test("the guest is asked once for each path that skips name", async () => {
  const asked: string[] = [];
  const exists = async (path: string) => {
    asked.push(path);
    return path === "/a";
  };
  const skips = [skip({ lacks: ["/a", "/b"] }), skip({ lacks: ["/b"] })];
  const { present } = await skipFacts({ exists }, skips, facts);
  expect({ asked, present }).toEqual({ asked: ["/a", "/b"], present: new Set(["/a"]) });
});

test("a skip that is over, fits nothing or is not needed is told", () => {
  const stale = (more: Partial<SpecSkip>, passed: readonly string[], isWhole = true) =>
    staleSkips([skip(more)], facts, { specs: [spec], passed: new Set(passed), isWhole });
  expect(stale({}, [])).toEqual([]);
  expect(stale({}, [spec.id])).toEqual([
    "The skip of AppArmor is not needed: [k8s.io] AppArmor should enforce passes",
  ]);
  expect(stale({ mayPass: true }, [spec.id])).toEqual([]);
  expect(stale({ lacks: ["/usr/sbin/there"] }, [spec.id])).toEqual([]);
  expect(stale({ match: "Nothing" }, [])).toEqual(["The skip of Nothing fits no spec"]);
  expect(stale({ match: "Nothing" }, [], false)).toEqual([]);
  expect(stale({ until: "2026-01-01" }, [])).toEqual(["The skip of AppArmor ended on 2026-01-01"]);
});
