import { expect, test } from "vitest";
import { manifestSchema } from "./manifest-schema.ts";
import { profileSchema } from "./profile/profile-schema.ts";
import { parseYaml } from "./yaml.ts";

const parse = (text: string) => parseYaml(`schema: 1\nname: mine\n${text}`, manifestSchema, "m");
const problemsOf = (parsed: () => unknown): string => {
  try {
    parsed();
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};

test("a manifest may leave its file to the user, and profile, root partition and layer of /etc to the image", () => {
  const { source, profile, systemDisk, agent } = parse(`source: { obtain: ask its maker }
profile: detect
systemDisk: { rootPartition: detect }
agent: { injection: [etc-unit], etcLayer: { partition: { number: 5 }, directory: detect } }
`);
  expect({ source, profile, systemDisk, agent }).toEqual({
    source: { kind: "given", obtain: "ask its maker" },
    profile: "detect",
    systemDisk: { readOnly: false, rootPartition: "detect" },
    agent: {
      injection: ["etc-unit"],
      etcLayer: { on: { kind: "partition", partition: { number: 5 } }, directory: "detect" },
    },
  });
});

test("what cannot be left open is refused", () => {
  expect(
    problemsOf(() =>
      parse(`source: { obtain: ask its maker, format: raw }
profile: Detect It
systemDisk: { rootPartition: guess }
disks: [{ serial: meta, sizeMiB: 64 }]
agent: { injection: [etc-unit], etcLayer: { disk: meta, directory: detect } }
`),
    ),
  ).toMatchInlineSnapshot(`
    "File m has 4 problems:
    m:3:9: source: obtain stands alone
    m:4:10: profile: expected a profile's name, the path of a .yaml file, or detect
    m:5:30: systemDisk.rootPartition: Invalid input: expected object, received string
    m:7:68: agent.etcLayer.directory: a disk is blank, so nothing is detected on it"
  `);
  expect(
    problemsOf(() =>
      parse("source: { obtain: ask its maker }\nmachine: { boot: kernel }\nsystemDisk: none\n"),
    ),
  ).toMatchInlineSnapshot(`
    "File m has 2 problems:
    m:4:10: machine.kernel: is missing: a kernel boot of a file needs the kernel's path
    m:5:13: systemDisk: a file source is the system disk, so there is one"
  `);
});

test("a profile's rule names os-release fields, and paths of the image", () => {
  const rulesOf = (text: string) =>
    parseYaml(
      `schema: 1\nname: my-os-1.2\ntitle: My OS\nsuites: []\nmatch: ${text}\n`,
      profileSchema,
      "p",
    ).match;
  expect(rulesOf("[{ osRelease: { ID: x }, absent: [/usr/bin/tool] }]")).toEqual([
    { osRelease: { ID: "x" }, present: [], absent: ["/usr/bin/tool"] },
  ]);
  expect(
    problemsOf(() =>
      rulesOf("[{ osRelease: {} }, { osRelease: { id: x }, present: [tool] }, { ID: x }]"),
    ),
  ).toMatchInlineSnapshot(`
    "File p has 5 problems:
    p:5:22: match[0].osRelease: expected at least one field
    p:5:47: match[1].osRelease.id: Invalid key in record
    p:5:62: match[1].present[0]: expected an absolute path without // and a / at the end
    p:5:71: match[2].osRelease: is missing (expected record)
    p:5:73: match[2].ID: unknown key"
  `);
});
