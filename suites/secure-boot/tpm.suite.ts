import { expect, test, unsupported } from "../../harness/index.ts";
import { needPolicyRegister, policyRegister, tpmDirectory } from "./policy-register.ts";

test("secure-boot/tpm", {
  title: "The system has the machine's TPM 2.0, and the firmware has recorded something in it",
}, async ({ agent, machine, evidence }) => {
  needPolicyRegister(machine);
  if (!(await agent.exists("/sys/class/tpm"))) unsupported("This kernel has no drivers for TPMs");
  const text = async (name: string): Promise<string> =>
    (await agent.readFile(`${tpmDirectory}/${name}`, { length: 256 })).toString("latin1").trim();
  expect(await agent.exists(tpmDirectory), `there is a ${tpmDirectory}`).toBe(true);
  expect(await text("tpm_version_major")).toBe("2");
  const policy = await text(`pcr-sha256/${policyRegister}`);
  evidence("tpm", `register ${policyRegister} (SHA-256): ${policy}`);
  // All zero, or all one: untouched since power-on.
  expect(policy).toMatch(/^(?!0{64}$|F{64}$)[0-9A-F]{64}$/);
});
