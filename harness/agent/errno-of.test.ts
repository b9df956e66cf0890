import { expect, test } from "vitest";
import { GuestError } from "../core/errors.ts";
import { agentCodeOf, errnoOf } from "./errno-of.ts";

test("the errno of a request that the guest's kernel refused", () => {
  const refused = new GuestError("AGENT_REQUEST", "no", { details: { errno: "ENOENT" } });
  expect(errnoOf(refused)).toBe("ENOENT");
});

test("why the agent refused a request", () => {
  const refused = new GuestError("AGENT_REQUEST", "no", { details: { agentCode: "no-systemd" } });
  expect(agentCodeOf(refused)).toBe("no-systemd");
  expect(agentCodeOf(new GuestError("AGENT_LOST", "no"))).toBeUndefined();
});

test.each([
  ["a request that was refused otherwise", new GuestError("AGENT_REQUEST", "no")],
  ["an error of the host, which has errno too", Object.assign(new Error("no"), { errno: -2 })],
  ["no error at all", undefined],
])("none: %s", (_, error) => {
  expect(errnoOf(error)).toBeUndefined();
});
