import {
  type AgentClient,
  deadlineAfter,
  expect,
  inconclusive,
  test,
  unsupported,
} from "../../harness/index.ts";

// When the boot is over: every unit of the default target has been started, which is later than the ready point.
const bootIsOver = "default.target";

test("minimal-os/idle-memory", {
  claim: "C34",
  title: "When the boot is over, no more memory is in use than the profile allows",
}, async ({ agent, profile, slowness, evidence, figure }) => {
  await waitForIdle(agent, slowness);
  const meminfo = await read(agent, "/proc/meminfo");
  const agentKiB = kibibytes(await read(agent, "/proc/self/status"), "VmRSS");
  const totalKiB = kibibytes(meminfo, "MemTotal");
  const availableKiB = kibibytes(meminfo, "MemAvailable");
  evidence("meminfo", meminfo.split("\n").slice(0, 3).join("\n"));
  const usedMiB = (totalKiB - availableKiB - agentKiB) / 1024;
  figure("used", usedMiB, "MiB");
  figure("total", totalKiB / 1024, "MiB");
  figure("agent", agentKiB / 1024, "MiB");
  const limit = profile.minimalOs?.limits.idleMiB;
  if (limit === undefined) return unsupported("The profile sets no limit");
  figure("limit", limit, "MiB");
  expect(usedMiB, "MiB in use without the agent").toBeLessThanOrEqual(limit);
});

test("minimal-os/idle-tasks", {
  claim: "C34",
  title: "When the boot is over, no more processes and threads are there than the profile allows",
}, async ({ agent, profile, slowness, evidence, figure }) => {
  await waitForIdle(agent, slowness);
  const loadavg = await read(agent, "/proc/loadavg");
  evidence("loadavg", loadavg.trim());
  const own = Number(/^Threads:\s+(\d+)$/m.exec(await read(agent, "/proc/self/status"))?.[1]);
  const all = Number(/^\S+ \S+ \S+ \d+\/(\d+) /.exec(loadavg)?.[1]);
  const tasks = all - own;
  figure("tasks", tasks, "count");
  figure("agent", own, "count");
  const limit = profile.minimalOs?.limits.idleTasks;
  if (limit === undefined) return unsupported("The profile sets no limit");
  figure("limit", limit, "count");
  expect(tasks, "tasks without the agent's").toBeLessThanOrEqual(limit);
});

async function waitForIdle(agent: AgentClient, slowness: number): Promise<void> {
  const deadline = deadlineAfter(60_000 * Math.max(1, slowness));
  const { isActive, reason } = await agent.waitForUnitUntil(bootIsOver, deadline);
  if (!isActive) inconclusive(`The boot is not over: ${bootIsOver} is ${reason}`);
}

async function read(agent: AgentClient, path: string): Promise<string> {
  return (await agent.readFile(path)).toString("latin1");
}

function kibibytes(text: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return value === undefined ? unsupported(`The kernel tells no ${name}`) : Number(value);
}
