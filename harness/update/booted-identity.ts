import type { AgentClient } from "../agent/agent-client.ts";
import type { Mount } from "../agent/answers.ts";
import { GuestError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";

/** Where OSTree keeps deployments: ostree's documentation, "Deployments". */
const deployment = /\/ostree\/deploy\/[^/]+\/deploy\/([0-9a-f]{64})\.\d+$/;
/** `roothash=`, `usrhash=`, or a name of the image's own, as where systemd must not see it. */
const rootHash = /(?:^|\s)[\w.-]*hash=([0-9a-f]{64})(?=\s|$)/;

/**
 * Which release runs, by the kernel's own word: the deployment that `/` is mounted from, else the root hash on the kernel's command
 * line, which dm-verity holds to.
 * @throws {GuestError} UPDATE_FAILED when neither is there.
 */
export const bootedIdentity = async (
  agent: Pick<AgentClient, "mounts" | "readFile">,
): Promise<string> => {
  const ofDeployment = deploymentIn(await agent.mounts());
  if (ofDeployment !== undefined) return ofDeployment;
  const commandLine = String(await agent.readFile("/proc/cmdline", { length: 4096 })).trim();
  const [, ofVerity] = rootHash.exec(commandLine) ?? [];
  if (ofVerity !== undefined) return ofVerity;
  throw new GuestError(
    "UPDATE_FAILED",
    `Expected / to be an OSTree deployment, or a root hash among the kernel's arguments, but these are ${printable(commandLine, 1000)}`,
    { hint: "Use the driver `command`, whose `version` says how the release is told" },
  );
};

/** Of several mounts on `/` the last is the one that is seen. */
const deploymentIn = (mounts: readonly Mount[]): string | undefined => {
  const root = mounts.findLast(({ path }) => path === "/")?.root ?? "";
  return deployment.exec(root)?.[1];
};
