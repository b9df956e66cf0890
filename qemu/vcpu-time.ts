import { readFileSync } from "node:fs";
import type { Deadline } from "../harness/core/deadline.ts";
import { InternalError } from "../harness/core/errors.ts";
import type { QmpClient } from "./qmp/client.ts";
import { isObject } from "./qmp/codec.ts";

/** Host time of one vCPU thread since it started. A large wait means that the host, not the guest, was slow. */
export interface VcpuSample {
  readonly threadId: number;
  readonly cpuMs: number;
  /** Ready to run, but no host CPU was free. */
  readonly waitedForCpuMs: number;
}

/** The host thread of each vCPU, in vCPU order; they stay the same for QEMU's whole life. */
export const vcpuThreads = async (qmp: QmpClient, deadline: Deadline): Promise<readonly number[]> =>
  parseThreadIds(await qmp.execute("query-cpus-fast", undefined, deadline));

/** Synchronous, so that a sample can be taken in the very moment in which something was seen. */
export const readVcpuTimes = (pid: number, threadIds: readonly number[]): readonly VcpuSample[] =>
  threadIds.map((threadId) => ({
    threadId,
    ...parseSchedstat(readFileSync(`/proc/${pid}/task/${threadId}/schedstat`, "utf8")),
  }));

/** Reads /proc/…/schedstat: nanoseconds on a CPU, nanoseconds on a run queue, slices (kernel Documentation/scheduler/sched-stats.rst). */
export const parseSchedstat = (text: string): Omit<VcpuSample, "threadId"> => {
  const match = /^(\d+) (\d+) \d+\s*$/.exec(text);
  if (match === null) {
    throw new InternalError(`Expected three numbers in schedstat, saw "${text.slice(0, 100)}"`);
  }
  return { cpuMs: Number(match[1]) / 1e6, waitedForCpuMs: Number(match[2]) / 1e6 };
};

const parseThreadIds = (answer: unknown): readonly number[] => {
  const ids = (Array.isArray(answer) ? answer : []).map((cpu: unknown) =>
    isObject(cpu) ? cpu["thread-id"] : undefined,
  );
  if (ids.length === 0 || !ids.every((id) => typeof id === "number")) {
    throw new InternalError("Expected one thread-id per CPU from query-cpus-fast, saw none");
  }
  return ids;
};
