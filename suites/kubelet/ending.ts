import { errorCodeOf, type HttpOutcome } from "../../harness/index.ts";
import { guestProcesses } from "../host-containers/guest-processes.ts";
import { type Pods, secured, soon } from "./kubelet-server.ts";
import { reports } from "./pods.ts";
import { idOf, readText, type StandaloneNode } from "./standalone-node.ts";

/** What became of a pod whose manifest was taken away. */
export interface EndedPod {
  readonly uid: string;
  /** Since the kernel was started. */
  readonly removedMs: number;
  readonly goneMs: number;
  /** What its containers reported, each line with the seconds since the kernel was started. */
  readonly graceful: string;
  readonly stubborn: string;
  /** Whether the kubelet says that it still runs it. */
  readonly isListed: boolean;
  /** Processes in its cgroups. */
  readonly processes: number;
}

const waitSeconds = 90;

/** Takes the pod's manifest away and waits until the kubelet runs it no more. */
export const removePod = async (node: StandaloneNode, started: Pods): Promise<EndedPod> => {
  const { agent, kubelet, server } = node;
  const pod = started.get("ending");
  const ids = (pod?.status.containerStatuses ?? []).map(idOf).filter((id) => id !== "");
  const removedMs = await uptimeMs(node);
  await agent.remove(`${kubelet.directory}/manifests/ending.json`);
  const listed = await listedWhenGone(node, server.fullName("ending"));
  const goneMs = await uptimeMs(node);
  const processes = await guestProcesses(agent);
  const report = async (name: string): Promise<string> =>
    (await readText(agent, `${reports}/${name}`)) ?? "";
  return {
    uid: pod?.metadata.uid ?? "",
    removedMs,
    goneMs,
    graceful: await report("graceful"),
    stubborn: await report("stubborn"),
    isListed: listed.includes(server.fullName("ending")),
    processes: processes.filter(({ cgroup }) => ids.some((id) => cgroup.includes(id))).length,
  };
};

/** What the kubelet lists as running when it is gone, or when the time is over. */
const listedWhenGone = async (
  { agent, slowness }: StandaloneNode,
  fullName: string,
): Promise<string> => {
  const deadline = soon(waitSeconds, slowness);
  const url = `${secured}/runningpods/`;
  let seen: HttpOutcome | undefined;
  for (;;) {
    try {
      const changed = seen === undefined ? {} : { changedFrom: seen, everyMs: 1000 };
      seen = await agent.http(url, { deadline, ...changed });
    } catch (error) {
      if (errorCodeOf(error) !== "TIMEOUT") throw error;
      return textOf(seen);
    }
    const text = textOf(seen);
    if (text !== "" && !text.includes(fullName)) return text;
  }
};

const textOf = (seen: HttpOutcome | undefined): string =>
  seen?.kind === "answered" && seen.status === 200 ? String(seen.body) : "";

export const uptimeMs = async ({ agent }: StandaloneNode): Promise<number> =>
  Number(String(await agent.readFile("/proc/uptime")).split(" ", 1)[0]) * 1000;

/** When a pod wrote such a line into its report; undefined when it never did. */
export const reportedMs = (report: string, what: string): number | undefined => {
  const line = report.split("\n").find((one) => one.endsWith(` ${what}`));
  return line === undefined ? undefined : Number(line.split(" ", 1)[0]) * 1000;
};
