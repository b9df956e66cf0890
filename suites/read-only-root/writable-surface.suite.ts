import { z } from "zod";
import {
  deadlineAfter,
  expect,
  inconclusive,
  matchesGlob,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";

const everything = z.object({
  directoriesTried: z.number(),
  created: z.number(),
  refusedByErrno: z.record(z.string(), z.number()),
  writableRoots: z.array(z.string()),
  truncated: z.boolean(),
  truncatedBy: z.string().optional(),
});
const blockWrite = z.object({
  device: z.string(),
  outcome: z.enum(["refused", "succeeded", "untried"]),
  attempts: z.array(
    z.object({
      device: z.string(),
      role: z.string(),
      openErrno: z.string(),
      blkrosetErrno: z.string(),
      outcome: z.string(),
      direct: z.object({ errno: z.string() }),
      buffered: z.object({ errno: z.string() }),
    }),
  ),
  detail: z.string().optional(),
});
const links = z.object({
  links: z.array(z.object({ path: z.string(), isSymlink: z.boolean(), target: z.string() })),
});
const expected = profile().readOnlyRoot;

test("read-only-root/writable-roots", {
  claim: "C12",
  title: "A file can be created below the listed directories and nowhere else",
  timeoutMs: 300_000,
}, async ({ agent, evidence, figure }) => {
  if (expected === undefined)
    return unsupported("The profile says nothing of writable directories");
  const deadline = deadlineAfter(300_000);
  const input = { root: "/", blockDevices: false, maxMs: 240_000 };
  const seen = await agent.probe("write-everything", input, everything, { deadline });
  figure("directories-tried", seen.directoriesTried, "count");
  figure("files-created", seen.created, "count");
  evidence("probe", JSON.stringify(seen.refusedByErrno));
  const { writableRoots, mayBeWritable } = expected;
  const isAllowed = (path: string): boolean =>
    mayBeWritable.some((glob) => matchesGlob(glob, path));
  const unlisted = seen.writableRoots.filter(
    (path) => !writableRoots.includes(path) && !isAllowed(path),
  );
  expect(unlisted).toEqual([]);
  // Only part of the tree was tried: nothing forbidden was found, and nothing is proven.
  if (seen.truncated) inconclusive(`The walk ended early: ${seen.truncatedBy ?? "limit"}`);
  const promised = seen.writableRoots.filter((path) => writableRoots.includes(path));
  expect(promised.toSorted()).toEqual(writableRoots.toSorted());
});

test("read-only-root/block-write", {
  claim: "C26",
  title: "Root cannot write to the system disk, neither to the partition nor to the whole disk",
}, async ({ agent, evidence }) => {
  if (expected?.isDeviceReadOnly === false) unsupported("The profile does not promise it");
  const seen = await agent.probe("block-write", { mountPoint: "/" }, blockWrite);
  for (const {
    device,
    role,
    openErrno,
    blkrosetErrno,
    direct,
    buffered,
    outcome,
  } of seen.attempts) {
    evidence(
      "probe",
      `${device} (${role}): ${outcome}; open ${openErrno || "ok"}, BLKROSET ${blkrosetErrno || "ok"}, pwrite ${direct.errno || "ok"}, buffered ${buffered.errno || "ok"}`,
    );
  }
  expect(seen.outcome, seen.detail).toBe("refused");
});

test("read-only-root/links", {
  claim: "C12",
  title: "Directories that programs expect to be writable are links into the data disk",
}, async ({ agent, evidence }) => {
  const wanted = expected?.links ?? {};
  if (Object.keys(wanted).length === 0) return unsupported("The profile names no links");
  const seen = await agent.probe("links", { paths: Object.keys(wanted) }, links);
  evidence("probe", JSON.stringify(seen.links));
  const others = seen.links.filter(({ path, isSymlink, target }) => {
    const glob = wanted[path];
    return glob === undefined || !isSymlink || !matchesGlob(glob, target);
  });
  expect(others.map(({ path, target }) => `${path}: ${target || "no link"}`)).toEqual([]);
  expect(seen.links.map(({ path }) => path).toSorted()).toEqual(Object.keys(wanted).toSorted());
});
