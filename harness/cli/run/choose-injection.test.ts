import { expect, test } from "vitest";
import { resolveImage } from "../../../images/catalog.ts";
import type { AgentNeeds, StatedManifest } from "../../../images/schema.ts";
import { chooseInjection } from "./choose-injection.ts";

const reference = resolveImage("reference").manifest;
const etcLayer = reference.agent.etcLayer;
const withAgent = (agent: AgentNeeds): StatedManifest => ({ ...reference, agent });
const both = withAgent({
  injection: ["credentials", "etc-unit"],
  ...(etcLayer === undefined ? {} : { etcLayer }),
});
const byCredentials = withAgent({ injection: ["credentials"] });

test("the first way is taken, as long as nothing is known against it", () => {
  expect([
    chooseInjection(both, {}),
    chooseInjection(both, { systemdVersion: 256 }),
    chooseInjection(byCredentials, { systemdVersion: 257 }),
  ]).toEqual([
    { strategy: "credentials" },
    { strategy: "credentials" },
    { strategy: "credentials" },
  ]);
});

test("a systemd that is too old for credentials leaves the second way, and it is said why", () => {
  expect(chooseInjection(both, { systemdVersion: 239 })).toEqual({
    strategy: "etc-unit",
    note: "The agent gets in by etc-unit: the image's systemd 239 makes no units of credentials, which 256 was the first to do",
  });
});

test("without a way that fits there is no agent, and the reason names each", () => {
  const withoutDisk = { ...both, disks: [] };
  expect([
    chooseInjection(byCredentials, { systemdVersion: 255 }),
    chooseInjection(withoutDisk, { systemdVersion: 255 }),
    chooseInjection(withAgent({ injection: [] }), {}),
  ]).toEqual([
    {
      strategy: "none",
      reason:
        "the image's systemd 255 makes no units of credentials, which 256 was the first to do",
    },
    {
      strategy: "none",
      reason:
        "the image's systemd 255 makes no units of credentials, which 256 was the first to do; there is no disk meta to put units on",
    },
    { strategy: "none", reason: "the manifest allows no injection" },
  ]);
});

test("a way that is asked for is taken, whatever is known", () => {
  expect([
    chooseInjection(both, { systemdVersion: 239 }, "credentials"),
    chooseInjection(both, { systemdVersion: 257 }, "etc-unit"),
  ]).toEqual([{ strategy: "credentials" }, { strategy: "etc-unit" }]);
});

test("a way that the manifest does not prepare is refused", () => {
  const messages = [
    () => chooseInjection(byCredentials, {}, "etc-unit"),
    () => chooseInjection({ ...both, disks: [] }, {}, "etc-unit"),
    () => chooseInjection(both, {}, "builtin"),
    // As a manifest that looks for the layer in the image is, once it was not found there.
    () => chooseInjection(byCredentials, { etcLayerProblem: "none was found" }, "etc-unit"),
  ].map((act) => {
    try {
      act();
      return "nothing";
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return `${code}: ${message}`;
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "USAGE: --injection etc-unit needs to know where the writable layer of /etc lies, which the manifest of reference does not say",
      "USAGE: --injection etc-unit cannot work on reference: there is no disk meta to put units on",
      "USAGE: --injection builtin is for images that start the agent themselves, which the manifest of reference does not say of it",
      "USAGE: --injection etc-unit cannot work on reference: none was found",
    ]
  `);
});
