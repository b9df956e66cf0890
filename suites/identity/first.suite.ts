import { expect, test } from "../../harness/index.ts";
import { firstInstance, readInstance } from "./instance.ts";

test("identity/machine-id-set", {
  claim: "C19",
  title: "A machine that was booted for the first time has an id",
}, async ({ agent, evidence }) => {
  const seen = await readInstance(agent);
  firstInstance.seen = seen;
  evidence("machine-id", seen.machineId);
  // machine-id(5): 32 hexadecimal digits, not all zero.
  expect(seen.machineId).toMatch(/^(?!0{32}$)[0-9a-f]{32}$/);
});
