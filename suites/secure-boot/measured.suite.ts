import { expect, hasSecureBoot, readTpmLog, test, unsupported } from "../../harness/index.ts";
import { noSecureBoot } from "./no-secure-boot.ts";
import { needPolicyRegister, policyRegister, tpmDirectory } from "./policy-register.ts";

const mostLogBytes = 1_048_576;

test("secure-boot/measured", {
  title: "The TPM's record proves the firmware's log, and that log says that Secure Boot was on",
}, async ({ agent, machine, evidence, figure }) => {
  if (!hasSecureBoot(machine.plan.manifest.machine)) return unsupported(noSecureBoot);
  needPolicyRegister(machine);
  const register = `${tpmDirectory}/pcr-sha256/${policyRegister}`;
  const log = "/sys/kernel/security/tpm0/binary_bios_measurements";
  for (const path of [register, log]) {
    if (!(await agent.exists(path))) return unsupported(`The system has no ${path}`);
  }
  const told = readTpmLog(await agent.readFile(log, { length: mostLogBytes }), policyRegister);
  const held = (await agent.readFile(register, { length: 256 })).toString("latin1").trim();
  const recorded = told?.variables["SecureBoot"];
  evidence("tpm", `register ${policyRegister} holds ${held}; SecureBoot in the log: ${recorded}`);
  figure("events", told?.events ?? 0, "count");
  expect(told?.value, "what the log's events add up to").toBe(held);
  expect(recorded, "the recorded variable SecureBoot").toBe("01");
});
