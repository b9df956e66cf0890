import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestSchema } from "../../../images/manifest-schema.ts";
import { loadProfile } from "../../../images/profile/profiles.ts";
import type { ImageManifest } from "../../../images/schema.ts";
import { parseYaml } from "../../../images/yaml.ts";
import { releasesContext } from "./releases-context.ts";

const suiteFiles = ["suites/upgrade-rollback/cycle.upgrade.suite.ts"];
const here = import.meta.filename;
const files = { kind: "disk", path: "/images/v1.qcow2", format: "qcow2" } as const;
const profile = loadProfile("reference");

const manifestOf = (keys: string): ImageManifest => {
  const text = `schema: 1\nname: mine\nsource: { file: v1.qcow2, format: qcow2 }\n${keys}`;
  return parseYaml(text, manifestSchema, "mine.yaml") as ImageManifest;
};
const commands =
  "updateCommands: { activate: [[/up]], rollBack: [[/down]], version: { argv: [/v], match: (x) } }\n";
const releasesOf = (keys: string) =>
  releasesContext(suiteFiles, { image: "mine", manifest: manifestOf(keys), profile, files });

test("the releases of an image that is not built here are the manifest's, the image itself first", async () => {
  const stated = `releases: [{ name: v2, identity: b, disk: { path: ${here}, format: raw }, payload: ${here} }, { name: v1, identity: a }]\n`;
  expect(await releasesOf(commands + stated)).toEqual([
    { name: "v1", identity: "a", disk: "/images/v1.qcow2", diskFormat: "qcow2" },
    { name: "v2", identity: "b", disk: here, diskFormat: "raw", payload: here },
  ]);
});

test.each([
  [
    "no image itself",
    `${commands}releases: [{ name: v2, identity: b, disk: { path: x, format: raw } }]\n`,
  ],
  [
    "a file that is not there",
    `${commands}releases: [{ name: v1, identity: a }, { name: v2, identity: b, disk: { path: /absent/v2.raw, format: raw } }]\n`,
  ],
  ["no commands for the driver that runs them", "releases: [{ name: v1, identity: a }]\n"],
])("is refused: %s", async (_what, keys) => {
  await expect(releasesOf(keys)).rejects.toThrowErrorMatchingSnapshot();
});

test("nothing is asked or built for suites that update nothing, and where the profile says no driver", async () => {
  const manifest = manifestOf("");
  const other = join("suites", "boot", "units.suite.ts");
  const planned = { image: "mine", manifest, profile, files };
  expect(await releasesContext([other], planned)).toEqual([]);
  const generic = { ...planned, profile: loadProfile("generic") };
  expect(await releasesContext(suiteFiles, generic)).toEqual([]);
});
