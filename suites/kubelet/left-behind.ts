import { z } from "zod";
import { type AgentClient, askRuntime } from "../../harness/index.ts";
import type { EndedPod } from "./ending.ts";

const containers = z.object({
  containers: z.array(z.object({ id: z.string(), pod: z.string(), kind: z.string() })),
});

const runtime = { socket: "/run/containerd/containerd.sock", namespace: "k8s.io" };

/** What is left of a pod that has ended, in words. */
export const leftBehind = async (
  agent: AgentClient,
  fullName: string,
  { uid }: EndedPod,
): Promise<readonly string[]> => {
  const found: string[] = [];
  const paths = [
    `/var/lib/kubelet/pods/${uid}`,
    `/var/log/pods/bootwright_${fullName}_${uid}`,
    ...["", "kubepods-besteffort.slice/", "kubepods-burstable.slice/"].map(
      (parent) =>
        `/sys/fs/cgroup/kubepods.slice/${parent}${sliceOf(parent)}pod${uid.replaceAll("-", "_")}.slice`,
    ),
  ];
  for (const path of paths) if (await agent.exists(path)) found.push(path);
  const answer = await askRuntime(agent, ["containers"], containers, {
    ...runtime,
    withinMs: 60_000,
  });
  if (answer.kind === "answered")
    for (const { id, pod, kind } of answer.value.containers)
      if (pod === fullName) found.push(`${kind} ${id} in containerd`);
  return found;
};

/** Systemd's names of slices repeat those above them (systemd.slice(5)). */
const sliceOf = (parent: string): string =>
  parent === "" ? "kubepods-" : parent.replace(".slice/", "-");
