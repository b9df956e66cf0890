// Writes docs/claims.md from images/claims.yaml, a profile and the mutants.json of a whole `npm run mutants`, or of its
// shards: `npm run claims -- MUTANTS_JSON…`. Exits with 1 when a claim of ContainerOS is answered by nothing.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toClaimsTable, unanswered } from "../harness/report/claims-table.ts";
import { mergeMutants } from "../harness/results/merge-mutants.ts";
import { readMutants } from "../harness/results/mutants-record.ts";
import { listClaims } from "../images/claims.ts";
import { mutantImageName } from "../images/mutant.ts";
import { listMutants } from "../images/mutants.ts";
import { loadProfile } from "../images/profile/profiles.ts";

const paths = process.argv.slice(2);
const all = listMutants().map(mutantImageName);
const { controls, mutants, startedAt } = mergeMutants(paths.map(readMutants), all);
const control = controls.find(({ image }) => image === "reference");
if (control === undefined) {
  throw new Error(`${paths.join(", ")}: no run of the unchanged reference`);
}
const table = {
  claims: listClaims(),
  notClaimed: loadProfile(control.profile).notClaimed,
  control,
  // By name: shards may come in any order.
  mutants: mutants
    .filter(({ image }) => image.startsWith("reference+"))
    .toSorted((a, b) => a.image.localeCompare(b.image)),
};
const page = `# Claims of ContainerOS

Each published statement about ContainerOS, the checks that decide it, the mutants that each check fails on, and what came out
on the unchanged image \`reference\`. Made by \`npm run claims\` from \`images/claims.yaml\`, the profile \`${control.profile}\` and
\`npm run mutants\` of ${startedAt.slice(0, 10)} (${control.accel}; image ${control.sha256.slice(0, 16)}…); do not edit it.

${toClaimsTable(table)}
`;
writeFileSync(join(import.meta.dirname, "..", "docs", "claims.md"), page);
const open = unanswered(table);
if (open.length > 0) {
  process.stderr.write(`Neither a check nor a reason in the profile: ${open.join(", ")}\n`);
  process.exitCode = 1;
}
