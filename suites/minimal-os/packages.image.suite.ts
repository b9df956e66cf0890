import { expect, fail, testImage, unsupported } from "../../harness/index.ts";
import { judgeFindings } from "./judge-findings.ts";

testImage(
  "minimal-os/packages",
  { claim: "C04", title: "The image has no more packages than the profile allows" },
  ({ facts, profile, figure }) => {
    const { packages, problems } = facts;
    if (packages.state !== "read") return unsupported(`Packages: ${packages.reason}`);
    figure("packages", packages.list.length, "count");
    figure("installed", packages.installedBytes, "B");
    const limit = profile.minimalOs?.limits.packages;
    if (limit === undefined) return unsupported("The profile sets no limit");
    figure("limit", limit, "count");
    expect(packages.list.length, "packages").toBeLessThanOrEqual(limit);
    const [other] = problems.filter(({ kind }) => kind === "second-database");
    if (other !== undefined) unsupported(`${other.where}: ${other.message}`);
  },
);

testImage(
  "minimal-os/unowned-elf",
  {
    claim: "C04",
    title: "A package brought every program and library, so that counting packages says it all",
  },
  (context) => {
    const exceptions = context.profile.minimalOs?.without["unowned-elf"];
    if (exceptions === undefined) return unsupported("The profile allows them");
    const { count, unowned } = context.facts.elf;
    context.figure("elf", count, "count");
    if (unowned.state === "unknown") return unsupported(`Owners: ${unowned.reason}`);
    const found = unowned.paths.map((path) => ({ path, text: `${path} is of no package` }));
    return judgeFindings(context, found, exceptions);
  },
);

testImage(
  "minimal-os/altered-elf",
  { claim: "C04", title: "Every program and library is as its package has it" },
  (context) => {
    const exceptions = context.profile.minimalOs?.without["altered-elf"];
    if (exceptions === undefined) return unsupported("The profile allows them");
    const { altered, unverified, unowned } = context.facts.elf;
    if (unowned.state === "unknown") return unsupported(`Owners: ${unowned.reason}`);
    const found = [
      ...(altered ?? []).map((path) => ({ path, text: `${path} is not what its package has` })),
      ...(unverified ?? []).map((path) => ({
        path,
        text: `${path} is of a package that does not say what it was`,
      })),
    ];
    return judgeFindings(context, found, exceptions);
  },
);

testImage(
  "minimal-os/foreign-elf",
  { claim: "C03", title: "Every program and library is for the machine that the profile names" },
  (context) => {
    const { architecture } = context.profile.minimalOs ?? {};
    if (architecture === undefined) return unsupported("The profile names no machine");
    const { machine, machines, foreign } = context.facts.elf;
    for (const [name, count] of Object.entries(machines)) context.figure(name, count, "count");
    if (machine === undefined) return unsupported("There is no ELF program");
    if (machine !== architecture) fail(`Most programs are for ${machine}, not ${architecture}`);
    const found = foreign.map(({ path, machine: other }) => ({
      path,
      text: `${path} is for ${other}`,
    }));
    return judgeFindings(context, found, []);
  },
);
