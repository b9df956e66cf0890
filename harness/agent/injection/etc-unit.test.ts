import { expect, test } from "vitest";
import { agentCredentials } from "./credentials.ts";
import { etcUnitEntries, etcUnitInfluences } from "./etc-unit.ts";

test("two units, and the link that has systemd start the agent", () => {
  const entries = etcUnitEntries("port");
  expect(
    entries.map((entry) =>
      entry.kind === "link"
        ? `${entry.path} -> ${entry.target}`
        : `${entry.path}: ${entry.text.length > 0 ? "text" : "empty"}`,
    ),
  ).toEqual([
    "systemd/system/bootwright-agent.service: text",
    "systemd/system/run-bootwright-agent.mount: text",
    "systemd/system/multi-user.target.wants/bootwright-agent.service -> ../bootwright-agent.service",
  ]);
});

test.each(["port", "uart"] as const)(
  "the units are those of the credentials, over the %s",
  (transport) => {
    const byCredentials = agentCredentials(transport)
      .filter(({ name }) => name.startsWith("systemd.extra-unit."))
      .map(({ name, value }) => [name.replace("systemd.extra-unit.", ""), value]);
    const byEtc = etcUnitEntries(transport).flatMap((entry) =>
      entry.kind === "file" ? [[entry.path.replace("systemd/system/", ""), entry.text]] : [],
    );
    expect(byEtc).toEqual(byCredentials);
  },
);

test("what is written to is said: a whole disk", () => {
  const place = { kind: "disk", serial: "meta", directory: "/etc" } as const;
  expect(etcUnitInfluences("port", place)).toMatchInlineSnapshot(`
    [
      "units bootwright-agent.service and run-bootwright-agent.mount and a link in multi-user.target.wants are files of /etc/systemd/system",
      "they lie in /etc of disk meta, which the guest gets formatted (ext4) and not blank",
      "one more read-only virtio disk (serial bwagent) is mounted on /run/bootwright/agent",
      "one virtio-serial port (bootwright.agent.0) is attached",
    ]
  `);
});

test("what is written to is said: a partition, whose hash then proves nothing", () => {
  const place = {
    kind: "partition",
    index: 5,
    label: "",
    startByte: 0,
    sizeBytes: 1,
    directory: "/upper",
  } as const;
  expect(etcUnitInfluences("uart", place).slice(1, 3)).toMatchInlineSnapshot(`
    [
      "they lie in /upper of partition 5 of the system disk, in an overlay of this machine",
      "the hash of partition 5 is not comparable with the image's; every other partition comes as the image has it",
    ]
  `);
});
