import { z } from "zod";
import { deadlineAfter, expect, profile, test, unsupported } from "../../harness/index.ts";

const escaped = z.object({
  tries: z.array(
    z.object({ way: z.string(), target: z.string(), errno: z.string(), outcome: z.string() }),
  ),
  levers: z.array(z.object({ path: z.string(), errno: z.string() })),
  detail: z.string().optional(),
});

test("read-only-root/escape", {
  claim: "C13",
  title: "A privileged container that has escaped changes nothing of the system",
  timeoutMs: 300_000,
}, async ({ agent, evidence, figure }) => {
  const { readOnlyRoot } = profile();
  if (readOnlyRoot === undefined) return unsupported("The profile promises no read-only root");
  if (!readOnlyRoot.isDeviceReadOnly) {
    return unsupported(
      "The profile has writable partitions on the system disk, which root can write",
    );
  }
  const input = { directories: readOnlyRoot.readOnlyMounts, diskOf: "/" };
  const deadline = deadlineAfter(240_000);
  const { tries, levers, detail } = await agent.probe("escape", input, escaped, {
    deadline,
  });
  for (const { way, target, errno } of tries) evidence("try", `${way} ${target}: ${errno || "ok"}`);
  // Root outside of a container has them too; what they start can change no more than it can.
  for (const { path, errno } of levers) evidence("lever", `${path}: ${errno || "can be written"}`);
  figure("tries", tries.length, "count");
  figure("levers", levers.filter(({ errno }) => errno === "").length, "count");
  const succeeded = tries.filter((one) => one.outcome === "succeeded");
  expect(succeeded.map(({ way, target }) => `${way} ${target}`)).toEqual([]);
  // A root without a disk behind it would pass by its mounts alone.
  const isDiskTried = tries.some((one) => one.way === "write-device" && one.outcome === "refused");
  if (!isDiskTried) unsupported(`No system disk could be tried: ${detail ?? "none is behind /"}`);
});
