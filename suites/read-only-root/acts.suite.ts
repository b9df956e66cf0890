import { z } from "zod";
import { expect, profile, test, unsupported } from "../../harness/index.ts";

// Each act is tried for real in every directory class that the profile calls read-only: flags prove nothing.
const acts = [
  "create",
  "mkdir",
  "symlink",
  "hardlink",
  "mknod",
  "rename",
  "unlink",
  "truncate",
  "open-for-write",
  "chmod",
  "chown",
  "utimes",
  "setxattr",
  "mmap-write",
] as const;

const answer = z.object({
  results: z.array(
    z.object({
      directory: z.string(),
      outcome: z.enum(["refused", "succeeded", "untried"]),
      errno: z.string(),
      detail: z.string().optional(),
    }),
  ),
  truncated: z.boolean(),
});

const directories = (profile().readOnlyRoot?.directories ?? [])
  .filter((directory) => directory.class === "read-only")
  .map(({ path }) => path);

for (const act of acts) {
  test(`read-only-root/act/${act}`, {
    claim: "C11",
    title: `Root cannot ${act} in any directory of the read-only classes`,
  }, async ({ agent, evidence, figure }) => {
    if (directories.length === 0) unsupported("The profile names no read-only directory");
    const { results } = await agent.probe("write-acts", { acts: [act], directories }, answer);
    for (const { directory, outcome, errno, detail } of results) {
      evidence("probe", `${act} in ${directory}: ${outcome} ${errno} ${detail ?? ""}`.trimEnd());
    }
    figure("directories", results.length, "count");
    expect(results.map(({ directory, outcome }) => `${directory}: ${outcome}`)).toEqual(
      directories.map((directory) => `${directory}: refused`),
    );
  });
}
