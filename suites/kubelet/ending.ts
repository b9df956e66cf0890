import { errorCodeOf, type HttpOutcome } from "../../harness/index.ts";
import { guestProcesses } from "../host-containers/guest-processes.ts";
import { type Pods, secured, soon } from "./kubelet-server.ts";
import { reports } from "./pods.ts";
import { idOf, readText, runningContainers, type StandaloneNode } from "./standalone-node.ts";

/** What became of a pod whose manifest was taken away. */
export interface EndedPod {
  readonly id: string;
  readonly uid: string;
  /** Since the kernel was started. */
  readonly removedMs: number;
  /** Its own report, each line with the seconds since the kernel was started. */
  readonly report: string;
  /** Whether the kubelet says that it still runs it. */
  readonly isListed: boolean;
  /** Processes in its cgroup. */
  readonly processes: number;
}

const waitSeconds = 90;
const names = ["graceful", "stubborn"] as const;
export type EndedPods = Readonly<Record<(typeof names)[number], EndedPod>>;

/** Takes the manifests of two pods away; `after` is told when the kubelet runs them no more. */
export const removePods = async (node: StandaloneNode, started: Pods): Promise<EndedPods> => {
  const { agent, kubelet } = node;
  const containers = await runningContainers(agent, started, ["graceful/main", "stubborn/main"]);
  const removedMs = await uptimeMs(node);
  for (const name of names) await agent.remove(`${kubelet.directory}/manifests/${name}.json`);
  const listed = await listedWhenGone(node);
  const processes = await guestProcesses(agent);
  const ended = async (name: (typeof names)[number]): Promise<EndedPod> => {
    const id = idOf(containers[`${name}/main`].status);
    return {
      id,
      uid: started.get(name)?.metadata.uid ?? "",
      removedMs,
      report: (await readText(agent, `${reports}/${name}`)) ?? "",
      isListed: listed.includes(node.server.fullName(name)),
      processes: id === "" ? 0 : processes.filter(({ cgroup }) => cgroup.includes(id)).length,
    };
  };
  return { graceful: await ended("graceful"), stubborn: await ended("stubborn") };
};

/** What the kubelet lists as running when both are gone, or when the time is over. */
const listedWhenGone = async ({ agent, server, slowness }: StandaloneNode): Promise<string> => {
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
    if (text !== "" && !names.some((name) => text.includes(server.fullName(name)))) return text;
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
