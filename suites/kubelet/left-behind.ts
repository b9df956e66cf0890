import type { AgentClient, Deadline } from "../../harness/index.ts";
import type { EndedPod } from "./ending.ts";
import { containersWhenRunning } from "./runtime-containers.ts";

/**
 * What is left of a pod that has ended when the time for clearing up is over, in words; a kubelet does it every 2 s. The pod's
 * logs stay for a minute (ContainerGCPeriod in pkg/kubelet/kubelet.go).
 */
export const leftBehind = async (
  agent: AgentClient,
  { fullName, uid }: Pick<EndedPod, "fullName" | "uid">,
  deadline: Deadline,
): Promise<readonly string[]> => {
  const found: string[] = [];
  const paths = [
    `/var/lib/kubelet/pods/${uid}`,
    ...["", "kubepods-besteffort.slice/", "kubepods-burstable.slice/"].map(
      (parent) =>
        `/sys/fs/cgroup/kubepods.slice/${parent}${sliceOf(parent)}pod${uid.replaceAll("-", "_")}.slice`,
    ),
  ];
  for (const path of paths) {
    if (!(await agent.exists(path))) continue;
    if (!(await agent.waitForPath(path, false, deadline))) found.push(path);
  }
  for (const { id, pod, kind } of await containersWhenRunning(agent, [], 60_000))
    if (pod === fullName) found.push(`${kind} ${id} in containerd`);
  return found;
};

/** Systemd's names of slices repeat those above them (systemd.slice(5)). */
const sliceOf = (parent: string): string =>
  parent === "" ? "kubepods-" : parent.replace(".slice/", "-");
