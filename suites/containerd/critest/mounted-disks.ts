import type { AgentClient } from "../../../harness/index.ts";

/** The serial of the disk with critest, its images and their registry, and where it is mounted. */
export const payload = { serial: "payload", path: "/run/bootwright/payload" };

/** The serial of the disk that critest writes its reports to. */
export const results = { serial: "results", path: "/run/bootwright/results", sizeMiB: 64 };

export const mountDisks = async (agent: AgentClient): Promise<void> => {
  for (const { serial, path, options } of [
    { ...payload, options: ["ro", "nodev"] },
    { ...results, options: ["nodev", "nosuid"] },
  ]) {
    const source = `/dev/disk/by-id/virtio-${serial}`;
    await agent.mount({ source, target: path, type: "ext4", options });
  }
};
