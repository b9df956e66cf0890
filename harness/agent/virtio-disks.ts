import type { AgentClient } from "./agent-client.ts";
import { errnoOf } from "./errno-of.ts";

/** The guest's virtio disks as device files by serial, from the kernel: not every guest has udev's links. */
export const virtioDisks = async (
  agent: Pick<AgentClient, "walk" | "readFile">,
): Promise<ReadonlyMap<string, string>> => {
  const names: string[] = [];
  await agent.walk("/sys/block", ({ path }) => names.push(path), { maxDepth: 1 });
  const devices = new Map<string, string>();
  for (const path of names.filter((name) => /\/vd[a-z]+$/.test(name))) {
    const serial = await agent.readFile(`${path}/serial`).then(String, (error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      return ""; // a kernel that does not tell
    });
    if (serial.trim() !== "") devices.set(serial.trim(), path.replace(/^.*\//, "/dev/"));
  }
  return devices;
};
