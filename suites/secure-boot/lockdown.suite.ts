import { errnoOf, expect, hasSecureBoot, test, unsupported } from "../../harness/index.ts";
import { noSecureBoot } from "./no-secure-boot.ts";

// Devices through which root could change a running kernel (kernel_lockdown(7)).
const waysIn = ["/dev/mem", "/dev/port"];

test("secure-boot/lockdown", {
  title: "The kernel knows that it was checked, and lets root neither read nor change it",
}, async ({ agent, machine, evidence }) => {
  if (!hasSecureBoot(machine.plan.manifest.machine)) return unsupported(noSecureBoot);
  const path = "/sys/kernel/security/lockdown";
  if (!(await agent.exists(path))) {
    return unsupported(`This kernel has no ${path}: it cannot lock itself down`);
  }
  const state = (await agent.readFile(path, { length: 256 })).toString("latin1").trim();
  evidence("lockdown", state);
  let tried = 0;
  for (const device of waysIn) {
    if (!(await agent.exists(device))) continue;
    tried += 1;
    const answer = await agent.readFile(device, { length: 1 }).then(
      () => "opened and read",
      (error: unknown) => {
        const errno = errnoOf(error);
        if (errno === undefined) throw error;
        return errno;
      },
    );
    evidence("lockdown", `${device} by root: ${answer}`);
    expect(answer, device).toBe("EPERM");
  }
  expect(state).toMatch(/\[(?:integrity|confidentiality)\]/);
  if (tried === 0) unsupported(`The guest has none of ${waysIn.join(", ")} to try it with`);
});
