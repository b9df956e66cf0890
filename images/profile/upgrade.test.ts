import { expect, test } from "vitest";
import { parseYaml } from "../yaml.ts";
import { upgradeSchema } from "./upgrade.ts";

const rest = `etc: { edit: /etc/hosts, delete: /etc/host.conf }
rollbackKeepsEtcEdits: true
limits: { extraDiskMiB: 8 }
`;
const parse = (text: string) => parseYaml(`${text}\n${rest}`, upgradeSchema, "upgrade.yaml");
const messageOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};

test("fills defaults", () => {
  expect(parse("drivers: [{ kind: ab }]\nautomaticRollback: { tries: 3 }")).toEqual({
    drivers: [{ kind: "ab", definitions: "/usr/lib/sysupdate.d" }],
    etc: { edit: "/etc/hosts", delete: "/etc/host.conf", changing: [] },
    rollbackKeepsEtcEdits: true,
    automaticRollback: { kind: "after-tries", tries: 3 },
    changingData: [],
    limits: { extraDiskMiB: 8 },
  });
});

test("tells every key that does not fit its driver", () => {
  expect(
    messageOf(
      "drivers: [{ kind: ostree, os: node }, { kind: command, ref: a/b }, { kind: replace-disk }, { kind: replace-disk }]\nautomaticRollback: {}",
    ),
  ).toMatchInlineSnapshot(`
    "File upgrade.yaml has 3 problems:
    upgrade.yaml:1:11: drivers[0].ref: is missing
    upgrade.yaml:1:39: drivers[1]: only \`kind: ostree\` has os and ref
    upgrade.yaml:2:20: automaticRollback: expected one of tries, none"
  `);
});
