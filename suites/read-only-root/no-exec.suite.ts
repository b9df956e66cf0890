import { z } from "zod";
import {
  type AgentClient,
  expect,
  inconclusive,
  profile,
  test,
  unsupported,
} from "../../harness/index.ts";

const execIn = z.object({
  directory: z.string(),
  outcome: z.enum(["refused", "succeeded", "untried"]),
  step: z.string(),
  errno: z.string(),
  exitCode: z.number().optional(),
  mmapTried: z.boolean(),
  mmapExecErrno: z.string(),
  detail: z.string().optional(),
});
type ExecIn = z.infer<typeof execIn>;

const expected = profile().readOnlyRoot;
const slug = (path: string): string => path.slice(1).replaceAll("/", "-");
/** Other places in which the same program could run. */
const elsewhere = ["/run", "/tmp", "/var", "/dev/shm"];
/** What the program of the probe ends with. */
const programRan = 42;

for (const path of expected?.noExec ?? []) {
  test(`read-only-root/no-exec/${slug(path)}`, {
    claim: "C33",
    title: `A program that root puts into ${path} can neither be executed nor mapped as code`,
  }, async ({ agent, evidence }) => {
    const { mountPoint, flags } = await mountOf(agent, path);
    evidence("mount", `${mountPoint}: ${flags.join(",")}`);
    const control = await placeToRun(agent, path);
    evidence("control", tell(control));
    const seen = await agent.probe("exec-in", { directory: path }, execIn);
    evidence("probe", tell(seen));
    if (seen.outcome === "untried") unsupported(`It was not tried: ${tell(seen)}`);
    // execve(2) and mmap(2) on a file system that is mounted noexec.
    expect({ execve: answerOf(seen), mmap: seen.mmapExecErrno }).toEqual({
      execve: "refused EACCES",
      mmap: "EPERM",
    });
  });
}

/** A guest in which the program runs nowhere would refuse it here for another reason. */
const placeToRun = async (agent: AgentClient, not: string): Promise<ExecIn> => {
  const tried: ExecIn[] = [];
  for (const directory of elsewhere.filter((one) => one !== not)) {
    const seen = await agent.probe("exec-in", { directory }, execIn);
    if (seen.outcome === "succeeded" && seen.exitCode === programRan) return seen;
    tried.push(seen);
  }
  return inconclusive(`The same program runs nowhere else either: ${tried.map(tell).join("; ")}`);
};

const mountOf = async (
  agent: AgentClient,
  path: string,
): Promise<{ readonly mountPoint: string; readonly flags: readonly string[] }> => {
  const mounts = await agent.mounts();
  const mount = mounts.findLast((one) => one.path === path);
  return mount === undefined
    ? { mountPoint: `${path} is no mount of its own`, flags: [] }
    : { mountPoint: mount.path, flags: mount.options };
};

const answerOf = ({ outcome, errno }: ExecIn): string => `${outcome} ${errno}`.trimEnd();

const tell = (seen: ExecIn): string => {
  const { directory, step, mmapTried, mmapExecErrno, detail } = seen;
  const mmap = mmapTried ? `mmap ${mmapExecErrno || "ok"}` : "mmap not tried";
  return `${directory}: ${step} ${answerOf(seen)}, ${mmap} ${detail ?? ""}`.trimEnd();
};
