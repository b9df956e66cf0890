import { expect, test } from "vitest";
import { parseYaml } from "../yaml.ts";
import { minimalOsSchema } from "./minimal-os.ts";

const parse = (text: string) => parseYaml(text, minimalOsSchema, "profile.yaml");

test("promises have exceptions, each with its reason", () => {
  expect(
    parse(
      "without: { shells: [], setuid: [{ path: /usr/bin/su, reason: people become others }] }\nlimits: { packages: 3 }\n",
    ),
  ).toEqual({
    without: {
      shells: [],
      setuid: [{ path: "/usr/bin/su", reason: "people become others" }],
    },
    limits: { packages: 3 },
  });
});

test("an exception for everything, one without a reason or one given twice is refused", () => {
  const text = `without:
  shell: []
  shells: [{ path: "**", reason: because }, { path: /a }]
  setuid: [{ path: /a, reason: b }, { path: /a, reason: c }]
limits: { packages: 0 }
`;
  expect(() => parse(text)).toThrowErrorMatchingInlineSnapshot(`
    [ConfigError: File profile.yaml has 5 problems:
    profile.yaml:2:3: without.shell: unknown key
    profile.yaml:3:20: without.shells[0].path: expected more than *
    profile.yaml:3:45: without.shells[1].reason: is missing (expected string)
    profile.yaml:4:37: without.setuid[1]: /a stands here a second time
    profile.yaml:5:21: limits.packages: Too small: expected number to be >=1]
  `);
});
