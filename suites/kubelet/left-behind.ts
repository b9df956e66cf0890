import type { EndedPod } from "./ending.ts";
import { containersWhenRunning } from "./runtime-containers.ts";
import type { StandaloneNode } from "./standalone-node.ts";

const waitSeconds = 60;

/**
 * What is left of a pod that has ended when the time for clearing up is over, in words; a kubelet does it every 2 s. The pod's
 * logs stay for a minute (ContainerGCPeriod in pkg/kubelet/kubelet.go).
 */
export const leftBehind = async (
  { agent, waits, rootDirectory }: Pick<StandaloneNode, "agent" | "waits" | "rootDirectory">,
  { fullName, uid }: Pick<EndedPod, "fullName" | "uid">,
): Promise<readonly string[]> => {
  const deadline = waits.within(waitSeconds);
  const found: string[] = [];
  const paths = [
    `${rootDirectory}/pods/${uid}`,
    ...["", "kubepods-besteffort.slice/", "kubepods-burstable.slice/"].map(
      (parent) =>
        `/sys/fs/cgroup/kubepods.slice/${parent}${sliceOf(parent)}pod${uid.replaceAll("-", "_")}.slice`,
    ),
  ];
  for (const path of paths) {
    if (!(await agent.exists(path))) continue;
    if (!(await agent.waitForPath(path, false, deadline))) found.push(path);
  }
  for (const { id, pod, kind } of await containersWhenRunning(agent, [], waits.within(waitSeconds)))
    if (pod === fullName) found.push(`${kind} ${id} in containerd`);
  if (found.length > 0) waits.late("cleared-up", deadline);
  return found;
};

/** Systemd's names of slices repeat those above them (systemd.slice(5)). */
const sliceOf = (parent: string): string =>
  parent === "" ? "kubepods-" : parent.replace(".slice/", "-");
