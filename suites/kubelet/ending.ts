import type { Pods } from "./kubelet-server.ts";
import { reports } from "./pods.ts";
import { readText, runningContainers, type StandaloneNode } from "./standalone-node.ts";

/** What became of a pod whose manifest was taken away. */
export interface EndedPod {
  readonly uid: string;
  /** With the node's name behind it, as the kubelet runs it. */
  readonly fullName: string;
  /** Since the kernel was started. */
  readonly removedMs: number;
  readonly goneMs: number;
  /** What its containers reported, each line with the seconds since the kernel was started. */
  readonly graceful: string;
  readonly stubborn: string;
  /** Containers whose first process is not gone, in words. */
  readonly left: readonly string[];
}

const waitSeconds = 90;

/** Takes the pod's manifest away and waits until its processes are gone. */
export const removePod = async (node: StandaloneNode, started: Pods): Promise<EndedPod> => {
  const { agent, kubelet, waits } = node;
  const pod = started.get("ending");
  const names = ["ending/graceful", "ending/stubborn"] as const;
  const running = await runningContainers(agent, started, names);
  const removedMs = await uptimeMs(node);
  await agent.remove(`${kubelet.directory}/manifests/ending.json`);
  const deadline = waits.within(waitSeconds);
  const left: string[] = [];
  for (const name of names) {
    const { process } = running[name];
    const isGone =
      process !== undefined && (await agent.waitForPath(`/proc/${process.pid}`, false, deadline));
    if (!isGone) left.push(process === undefined ? `${name} never ran` : `${name} runs on`);
  }
  if (left.length > 0) waits.late("ended", deadline);
  const report = async (name: string): Promise<string> =>
    (await readText(agent, `${reports}/${name}`)) ?? "";
  return {
    uid: pod?.metadata.uid ?? "",
    fullName: pod?.metadata.name ?? "",
    removedMs,
    goneMs: await uptimeMs(node),
    graceful: await report("graceful"),
    stubborn: await report("stubborn"),
    left,
  };
};

const uptimeMs = async ({ agent }: StandaloneNode): Promise<number> =>
  Number(String(await agent.readFile("/proc/uptime")).split(" ", 1)[0]) * 1000;

/** When a pod wrote such a line into its report; undefined when it never did. */
export const reportedMs = (report: string, what: string): number | undefined => {
  const line = report.split("\n").find((one) => one.endsWith(` ${what}`));
  return line === undefined ? undefined : Number(line.split(" ", 1)[0]) * 1000;
};
