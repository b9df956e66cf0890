import { expect, test } from "vitest";
import { availableMemory } from "./memory-available.ts";

const meminfo = "MemTotal: 8388608 kB\nMemAvailable:    4194304 kB\n";
const seeing = (files: Readonly<Record<string, string>>) =>
  availableMemory((path) => ({ "/proc/meminfo": meminfo, ...files })[path]);

test("without control groups the machine's available memory counts", () => {
  expect(seeing({})).toEqual({ availableMiB: 4096, boundedBy: "the machine" });
});

test("the tightest of the enclosing groups counts (version 2)", () => {
  expect(
    seeing({
      "/proc/self/cgroup": "0::/pod/container\n",
      "/sys/fs/cgroup/pod/container/memory.max": "max\n",
      "/sys/fs/cgroup/pod/container/memory.current": "1048576\n",
      "/sys/fs/cgroup/pod/memory.max": "2147483648\n",
      "/sys/fs/cgroup/pod/memory.current": "1073741824\n",
    }),
  ).toEqual({ availableMiB: 1024, boundedBy: "control group /pod" });
});

test("version 1 is read, and its number for no limit is none", () => {
  expect(
    seeing({
      "/proc/self/cgroup": "5:cpu:/a\n4:memory:/job\n0::/\n",
      "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "536870912\n",
      "/sys/fs/cgroup/memory/job/memory.usage_in_bytes": "0\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1\n",
    }),
  ).toEqual({ availableMiB: 512, boundedBy: "control group /job" });
});

test("a group over its limit leaves nothing", () => {
  expect(
    seeing({
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": "1\n",
      "/sys/fs/cgroup/memory.current": "2\n",
    }).availableMiB,
  ).toBe(0);
});
