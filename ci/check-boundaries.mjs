// Runs dependency-cruiser with the table in boundaries.mjs, and fails when it cruised fewer modules than there are
// .ts files: a compiler without a JS API makes it cruise none, silently, and the gate would check nothing.
import { readdirSync } from "node:fs";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import boundaries from "./boundaries.mjs";

const folders = ["harness", "qemu", "images", "suites", "ci"];
const onDisk = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith(".ts"));
const { output } = await cruise(
  folders,
  { ruleSet: { forbidden: boundaries.forbidden }, validate: true, ...boundaries.options },
  boundaries.options.enhancedResolveOptions,
  { tsConfig: extractTSConfig("tsconfig.json") },
);
const cruised = new Set(output.modules.map((module) => module.source));
const missed = onDisk.filter((name) => !cruised.has(name));
const violations = output.summary.violations.filter(
  (violation) => violation.rule.severity === "error",
);
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
for (const name of missed) console.error(`not cruised: ${name}`);
console.log(
  `boundaries: ${onDisk.length - missed.length} of ${onDisk.length} files cruised, ${violations.length} violations`,
);
process.exitCode = violations.length + missed.length > 0 ? 1 : 0;
