import type { AgentClient } from "../agent/agent-client.ts";
import { type Deadline, deadlineAfter } from "../core/deadline.ts";
import { errorCodeOf } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { SeenMachine } from "../results/machine-facts.ts";

/** The guest's view of its machine, asked through the agent. */
type Asked = Pick<AgentClient, "stat" | "readFile">;

const efi = "/sys/firmware/efi";
// EFI_GLOBAL_VARIABLE (UEFI 2.10, section 3.3).
const variable = (name: string): string =>
  `${efi}/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;

/** What the guest's kernel says about Secure Boot and TPM; undefined for a guest that stops answering. Never rejects. */
export const seenMachine = async (agent: Asked): Promise<SeenMachine | undefined> => {
  const deadline = deadlineAfter(15_000);
  try {
    const isUefi = await exists(agent, efi, deadline);
    const [secureBoot, setupMode] = isUefi
      ? [await flag(agent, "SecureBoot", deadline), await flag(agent, "SetupMode", deadline)]
      : [];
    const lockdown = lockdownIn(await textOf(agent, "/sys/kernel/security/lockdown", deadline));
    const tpm = await tpmVersion(agent, deadline);
    return {
      isUefi,
      ...(secureBoot === undefined ? {} : { secureBoot }),
      ...(setupMode === undefined ? {} : { setupMode }),
      ...(lockdown === undefined ? {} : { lockdown }),
      ...(tpm === undefined ? {} : { tpm }),
    };
  } catch (error) {
    log.info({ error }, "the guest did not say what its machine is");
    return undefined;
  }
};

const exists = async (agent: Asked, path: string, deadline: Deadline): Promise<boolean> =>
  (await unlessRefused(agent.stat(path, { deadline }))) !== undefined;

/** efivarfs puts four bytes of attributes before the value (kernel Documentation/filesystems/efivarfs.rst). */
const flag = async (
  agent: Asked,
  name: string,
  deadline: Deadline,
): Promise<boolean | undefined> => {
  const bytes = await contentOf(agent, variable(name), deadline);
  return bytes?.length === 5 ? bytes[4] === 1 : undefined;
};

const lockdownIn = (text: string | undefined): SeenMachine["lockdown"] => {
  const chosen = /\[(none|integrity|confidentiality)\]/.exec(text ?? "")?.[1];
  return chosen as SeenMachine["lockdown"];
};

const tpmVersion = async (agent: Asked, deadline: Deadline): Promise<SeenMachine["tpm"]> => {
  const major = (await textOf(agent, "/sys/class/tpm/tpm0/tpm_version_major", deadline))?.trim();
  if (major === "1" || major === "2") return major;
  // A kernel without TPM drivers has no such folder, and cannot say that there is none.
  if (!(await exists(agent, "/sys/class/tpm", deadline))) return undefined;
  return (await exists(agent, "/sys/class/tpm/tpm0", deadline)) ? undefined : "none";
};

const textOf = async (
  agent: Asked,
  path: string,
  deadline: Deadline,
): Promise<string | undefined> => (await contentOf(agent, path, deadline))?.toString("latin1");

const contentOf = (agent: Asked, path: string, deadline: Deadline): Promise<Buffer | undefined> =>
  unlessRefused(agent.readFile(path, { deadline, length: 256 }));

/** A guest that has no such file refuses; any other error is one. */
const unlessRefused = async <T>(request: Promise<T>): Promise<T | undefined> => {
  try {
    return await request;
  } catch (error) {
    if (errorCodeOf(error) === "AGENT_REQUEST") return undefined;
    throw error;
  }
};
