import { fail, testImage, unsupported } from "../../harness/index.ts";
import { judgeFindings } from "./judge-findings.ts";

testImage(
  "minimal-os/container-runtime",
  { claim: "C02", title: "The container runtime that the profile names is there, and no other" },
  (context) => {
    const wanted = context.profile.minimalOs?.containerRuntime;
    if (wanted === undefined) return unsupported("The profile names no container runtime");
    const found = context.facts.programs.filter(({ category }) => category === "container-runtime");
    // A file that only has the name runs no container; one without it (OSTree keeps the content of all) is started by nobody.
    const isThere = found.some(
      ({ program, evidence }) =>
        program === wanted &&
        ["name", "text"].every((wantedKind) => evidence.some(({ kind }) => kind === wantedKind)),
    );
    if (!isThere) fail(`There is no ${wanted}`);
    const others = found
      .filter(({ program }) => program !== wanted)
      .map(({ path, program }) => ({ path, text: `${path} is ${program}` }));
    return judgeFindings(context, others, []);
  },
);
