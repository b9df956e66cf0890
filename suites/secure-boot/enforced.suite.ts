import { type AgentClient, expect, hasSecureBoot, test, unsupported } from "../../harness/index.ts";
import { noSecureBoot } from "./no-secure-boot.ts";

test("secure-boot/enforced", {
  title: "The firmware checks what it starts, and takes no new keys from whoever asks",
}, async ({ agent, machine, evidence }) => {
  if (!hasSecureBoot(machine.plan.manifest.machine)) return unsupported(noSecureBoot);
  const folder = "/sys/firmware/efi/efivars";
  if (!(await agent.exists(variablePath("SecureBoot")))) {
    return unsupported(`The system shows no UEFI variable SecureBoot in ${folder}`);
  }
  const secureBoot = await flagOf(agent, "SecureBoot");
  const setupMode = await flagOf(agent, "SetupMode");
  evidence("uefi-variables", `SecureBoot ${secureBoot}, SetupMode ${setupMode}`);
  expect({ secureBoot, setupMode }).toEqual({ secureBoot: 1, setupMode: 0 });
});

// EFI_GLOBAL_VARIABLE (UEFI 2.10, section 3.3).
const variablePath = (name: string): string =>
  `/sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;

/** efivarfs puts four bytes of attributes before the value (kernel Documentation/filesystems/efivarfs.rst). */
const flagOf = async (agent: AgentClient, name: string): Promise<number> => {
  const bytes = await agent.readFile(variablePath(name), { length: 64 });
  expect(bytes, `${name} is one byte after its attributes`).toHaveLength(5);
  return bytes.readUInt8(4);
};
