import { readFileSync } from "node:fs";

/** How often the kernel killed something in our cgroup for want of memory; 0 where that cannot be read. */
export const hostOomKills = (): number => {
  try {
    const group = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
    const events = readFileSync(`/sys/fs/cgroup${group}/memory.events`, "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  } catch {
    return 0;
  }
};
