import { createHash } from "node:crypto";
import type { AgentClient } from "../../harness/index.ts";

/** What two machines of one image must not have in common. */
export interface Instance {
  /** "" when there is none. */
  readonly machineId: string;
  /** Digests of the files with keys and seeds, by path. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The machine that all suites share, once a check has looked at it: it may be gone when a second one is there. */
export const firstInstance: { seen?: Instance } = {};

const folders = ["/etc/ssh", "/var/lib/systemd", "/var/lib/iscsi", "/etc/iscsi", "/etc"];
const secretNames = [
  /^ssh_host_.*_key(\.pub)?$/,
  /^random-seed$/,
  /^credential\.secret$/,
  /^initiatorname\.iscsi$/,
  /^hostid$/,
];
const maxSecretBytes = 65_536;

export const readInstance = async (agent: AgentClient): Promise<Instance> => {
  const secrets: Record<string, string> = {};
  for (const folder of folders) {
    if (!(await agent.exists(folder))) continue;
    const paths: string[] = [];
    await agent.walk(
      folder,
      ({ path, type, size }) => {
        const name = path.slice(folder.length + 1);
        const isSecret = secretNames.some((pattern) => pattern.test(name));
        if (type === "file" && size > 0 && isSecret) paths.push(path);
      },
      { maxDepth: 1 },
    );
    for (const path of paths) {
      const content = await agent.readFile(path, { length: maxSecretBytes });
      secrets[path] = createHash("sha256").update(content).digest("hex");
    }
  }
  const machineId = "/etc/machine-id";
  const text = (await agent.exists(machineId))
    ? await agent.readFile(machineId, { length: 64 })
    : "";
  return { machineId: String(text).trim(), secrets };
};
